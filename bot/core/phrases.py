"""Every sentence the product itself says to a person, whole, with an id; the assistant's are in domain.yml.

Rules are in docs/content.md: short sentences, no word in them that endangers who is seen reading it, no number
(numbers come from the directory as ``{numbers}``), no promise. The ``# Translators:`` notes go to the catalogs.
"""

from __future__ import annotations

from bot.core.desk_phrases import DESK_PHRASES, SUBJECT_TITLES
from bot.core.intents import INTENT_TITLES
from bot.core.phrase import P, Phrase

_ALL = (
    # Translators: first words after /start. Neutral: somebody else may read them. Do not name the organisation.
    P(
        "welcome",
        "Hello. You can write to me about work, pay, papers or worries, in your own words. It costs nothing.",
    ),
    # Translators: said once, before the first answer. One short line about safety.
    P(
        "welcome.safety",
        "First: can someone else see this chat? Type /stop to hide it, /delete to erase it. You can ask for a "
        "person at any time.",
    ),
    P("language.choose", "Which language do you want?"),
    # Translators: the button with the language's own name; leave it as {locale}.
    P("language.name", "{locale}"),
    P("language.chosen", "Good. I will write in this language from now on."),
    # Translators: harmless words after the person had to hide the chat. Nothing about the subject.
    P("quick_exit", "OK, see you later."),
    # Translators: before a person joins. Who reads, how long it is kept, the two exceptions, Telegram's part.
    P(
        "handoff.privacy",
        "A person from our team will read this chat and answer here. We keep it for {days} days, locked. We tell "
        "nobody else unless you agree, except when a life or a child is in danger. Telegram keeps its own copy.",
    ),
    P(
        "handoff.privacy.web",
        "A person from our team will read this chat and answer here. We keep it for {days} days, locked. We tell "
        "nobody else unless you agree, except when a life or a child is in danger.",
    ),
    P(
        "waiting.on_duty",
        "Someone who speaks your language is here now. Please wait a little. You can go on writing.",
    ),
    # Translators: how long most people waited of late. {count} is 5, 10, 15 or more, never 1.
    P(
        "waiting.on_duty.minutes",
        "Someone who speaks your language is here now. Most people wait less than {count} minutes. You can go on "
        "writing.",
    ),
    # Translators: {count} is 2 or more, never 1.
    P(
        "waiting.on_duty.hours",
        "Someone who speaks your language is here now, but many people wait. It can take {count} hours. You can go "
        "on writing.",
    ),
    P(
        "waiting.other_language",
        "Someone from our team is here, but does not speak your language well. They will answer with the help of "
        "prepared sentences. You can go on writing.",
    ),
    P(
        "waiting.other_language.minutes",
        "Someone from our team is here, but does not speak your language well. They will answer with the help of "
        "prepared sentences. Most people wait less than {count} minutes. You can go on writing.",
    ),
    P(
        "waiting.other_language.hours",
        "Someone from our team is here, but does not speak your language well. They will answer with the help of "
        "prepared sentences. Many people wait, so it can take {count} hours. You can go on writing.",
    ),
    # Translators: nobody is at the desk. {hours} are the hours of the desk with the time zone.
    P(
        "waiting.nobody",
        "Nobody from our team is here right now. We are here {hours}. Your place in line is kept, and your words "
        "too. If you need help sooner:\n{numbers}",
    ),
    # Translators: {when} is a day and a time, already in your language; {country} says whose clock: a country, or
    # a word like UTC+7.
    P(
        "waiting.nobody.speaker",
        "Nobody from our team is here right now. Someone who speaks your language comes {when} ({country}). Your "
        "place in line is kept, and your words too. If you need help sooner:\n{numbers}",
    ),
    # Translators: {later} is a day and a time too.
    P(
        "waiting.nobody.later",
        "Nobody from our team is here right now. We are back {when}, and someone who speaks your language comes "
        "{later} ({country}). Your place in line is kept, and your words too. If you need help sooner:\n{numbers}",
    ),
    P(
        "waiting.nobody.other",
        "Nobody from our team is here right now. We are back {when} ({country}). Nobody who speaks your language "
        "well comes then; they will answer with the help of prepared sentences. Your place in line is kept, and "
        "your words too. If you need help sooner:\n{numbers}",
    ),
    # Translators: the person wrote again soon after a person of the team ended the talk.
    P(
        "waiting.again",
        "You wrote again, so you are back in line for a person from our team.",
    ),
    P(
        "waiting.again.same",
        "You wrote again, so you are back in line. The person who answered you before is here and is told first. "
        "You can go on writing.",
    ),
    P("waiting.kept", "I have kept this for the person who will answer you. You are still in line."),
    P("button.later", "Write to me later"),
    P("button.not_later", "Do not write to me"),
    P("button.country", "Choose country"),
    # Translators: the person asked to be written to later. “Write to me later” is the button of that name.
    P(
        "later.where",
        "First choose the country you are in, so that I know your time. Then tap “Write to me later” again.",
    ),
    P(
        "later.when",
        "A person from our team can write to you first, but only in hours you choose. When is it safe for you? Think "
        "of who is near your phone then.",
    ),
    # Translators: hours of the day on a clock from 0 to 24, such as 7–11.
    P("later.window.morning", "Morning, {begins}–{ends} o'clock"),
    P("later.window.midday", "Midday, {begins}–{ends} o'clock"),
    P("later.window.afternoon", "Afternoon, {begins}–{ends} o'clock"),
    P("later.window.evening", "Evening, {begins}–{ends} o'clock"),
    P("later.which", "Which words should come first? They tell nothing to someone who looks on."),
    # Translators: harmless first words, as a friend, a relative or somebody about an errand would write them.
    P("later.line.friend", "Hi, how are you today?"),
    P("later.line.family", "Hello, have you eaten yet?"),
    P("later.line.errand", "Hello, do you have a minute about the order?"),
    # Translators: {count} is a number of days, {begins} and {ends} are hours of the day.
    P(
        "later.noted",
        "OK. A person from our team will try to write to you between {begins} and {ends} o'clock, your time, with the "
        "words you chose. Nothing more is said until you answer. After {count} days this ends by itself.",
    ),
    P("later.off", "OK. Nobody will write to you first."),
    P("waiting.cancelled", "OK. You are no longer in line. I am still here if you need me."),
    # Translators: an operator has begun to read. {name} is the operator's chosen first name.
    P("operator.joined", "{name} from our team is here now and can read this chat."),
    # Translators: below it are the buttons "Yes, it helped", "A little" and "No". A calm question, not a survey.
    P("operator.released", "The person from our team has left. You can go on writing to me. Did this help you?"),
    # Translators: the same buttons are below it.
    P(
        "operator.closed",
        "The person from our team has ended this talk. You can write again at any time. Did this help you?",
    ),
    P(
        "operator.lost",
        "The connection to the person from our team broke. You are back in line, at your old place.",
    ),
    P(
        "operator.unanswered",
        "The person from our team could not answer in time. You are back in line, at your old place.",
    ),
    P(
        "operator.returned",
        "The person from our team had to pass your talk on. You are back in line, at your old place.",
    ),
    # Translators: danger now. Calm, short. Never promise that calling is safe; never tell them to run.
    P(
        "crisis.danger",
        "I have read this. A person from our team is being called first of all and will write to you here. If you "
        "can call safely:\n{numbers}\nIf you cannot talk, stay here and write when you can.",
    ),
    # Translators: the person may want to die. Warm, short, no questions.
    P(
        "crisis.suicide",
        "I am glad you wrote this. You are not alone. A person from our team is being called first of all and "
        "will write to you here. You can also call:\n{numbers}\nPlease stay here with me.",
    ),
    P(
        "crisis.child",
        "A child may be in danger. A person from our team is being called first of all and will write to you "
        "here. You can also call:\n{numbers}",
    ),
    # Translators: our system has a fault. The person must still know whom to call.
    P(
        "safety.assistant_down",
        "I cannot answer well right now. I have put your words in line for a person from our team. If you need "
        "help now:\n{numbers}",
    ),
    P(
        "media.not_read",
        "I cannot look at photos, files or places, or listen to voice. Please write, or ask for a person.",
    ),
    P("media.unsupported", "I cannot read this. Please write in words, or ask for a person."),
    P("not_understood", "I did not understand. Please say it in other words."),
    P("not_understood.offer", "I am not sure what you mean. Is it one of these?"),
    P(
        "not_understood.again",
        "I still do not understand, and I am sorry. Look at what I can answer, or ask for a person.",
    ),
    P("button.stale", "This button no longer works. Here is what you can do."),
    # Translators: shown in place of numbers when the country is unknown or has no checked number.
    P(
        "numbers.none",
        "I do not know the country yet, or I have no checked number there. You can choose the country, or ask for a "
        "person here.",
    ),
    # Translators: behind a number whose check is out of date.
    P("numbers.unsure", "check this number first"),
    # Translators: behind a number: when it was checked and where it is from.
    P("numbers.checked", "checked {date}, {source}"),
    P("numbers.free", "free of charge"),
    P("numbers.always", "day and night"),
    # Translators: behind a number: its hours, the country whose clock counts, and that clock, such as UTC+9.
    P("numbers.hours", "{hours} ({country}, {zone})"),
    # Translators: one day of the week, as {day} is already in your language; leave it as {day}.
    P("numbers.day", "{day}"),
    P("numbers.holidays", "closed on public holidays"),
    # Translators: {number} is the form of the number for somebody who calls from another country.
    P("numbers.abroad", "from another country: {number}"),
    P("numbers.inside", "works only inside the country"),
    P("numbers.extension", "{number}, extension {extension}"),
    # Translators: behind a number: which languages are spoken there.
    P("numbers.speaks", "they speak your language"),
    P("numbers.speaks_hours", "in your language: {hours} ({country}, {zone})"),
    P("numbers.speaks_workdays", "in your language: {hours} ({country}, {zone}), not on public holidays"),
    P("numbers.many", "they speak several languages"),
    # Translators: after /delete. What was erased here, and what Telegram keeps.
    P(
        "erased",
        "It is done. What you wrote here is erased on our side and cannot be read by anyone any more. I took back "
        "my own messages of the last two days. Telegram may keep copies: please delete this chat in the app too.",
    ),
    P("erased.web", "It is done. What you wrote here is erased and cannot be read by anyone any more."),
    # Translators: after an answer, above the buttons "This helped" and "Not what I need". Very short.
    P("helped.ask", "Did this help?"),
    # Translators: after a tap on "Yes, it helped" or "This helped". Short and warm; no promise.
    P("helped.thanks", "Thank you for telling me. You can write again at any time."),
    # Translators: after a tap on "A little", "No" or "Not what I need". No excuse; what the person can do now.
    P("helped.not_yet", "Thank you for telling me. You can say it in other words, or ask for a person."),
    P("button.person", "Talk to a person"),
    # Translators: the person taps one of these three after an operator has left. At most about 20 characters.
    P("button.helped_yes", "Yes, it helped"),
    P("button.helped_little", "A little"),
    P("button.helped_no", "No"),
    # Translators: two quiet buttons below an answer, beside buttons with other subjects. At most about 20 characters.
    P("button.this_helped", "This helped"),
    P("button.not_needed", "Not what I need"),
    # Translators: the button that reads the answer above it aloud.
    P("button.listen", "Listen"),
    P("button.menu", "What can I ask?"),
    P("button.language", "Language"),
    P("button.cancel_waiting", "I don't need a person"),
    P("button.erase", "Erase everything"),
    # Translators: titles and descriptions of the commands in Telegram's menu. At most 100 characters, neutral.
    P("command.start", "Begin"),
    P("command.language", "Choose your language"),
    P("command.help", "What you can ask"),
    P("command.person", "Talk to a person"),
    P("command.later", "Be written to later"),
    P("command.delete", "Erase everything"),
    P("command.stop", "Stop and hide"),
    # Translators: the web chat's page. Neutral words; somebody may look over the shoulder.
    P("web.title", "Chat"),
    P("web.placeholder", "Write here"),
    P("web.send", "Send"),
    P("web.exit", "Leave quickly"),
    P("web.offline", "No connection. Your words are kept here and will be sent."),
    P("web.not_sent", "Not sent. Tap to try again."),
    P("web.too_long", "This is too long. Please send it in parts."),
    # Translators: below the first words of the page. "Leave quickly" is the button of that name.
    P(
        "web.exit_help",
        "“Leave quickly” shows another page at once. On a computer you can also press the Esc key two times.",
    ),
    # Translators: {hours} are the hours of the desk with the time zone.
    P("web.hours", "Our team answers {hours}. Outside these hours you get automatic answers."),
    # Translators: shown where the page can't run at all.
    P("web.no_script", "This page does not work in this browser. Please try another browser."),
    P("web.you", "You"),
    P("web.we", "Answer"),
    P(
        "web.privacy",
        "What you write is locked and kept for {days} days. It is gone from this screen when you close the browser.",
    ),
)

PHRASES: dict[str, Phrase] = {phrase.id: phrase for phrase in (*_ALL, *DESK_PHRASES, *SUBJECT_TITLES, *INTENT_TITLES)}
