"""Sentences an operator sends to a person whose language they may not write: whole, calm, and easy to answer.

The id is ``desk.<subject>.<name>``; the subjects' titles are for operators alone. The rules are those of
bot.core.phrases; the directory fills ``{numbers}`` with what SUBJECT_NUMBERS names.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.phrase import P, Phrase

DESK_PHRASES: tuple[Phrase, ...] = (
    # Translators: an operator begins. Warm, no names, nothing that tells others what the talk is about.
    P("desk.greet.hello", "Hello. I am a person, and I read what you write here."),
    P("desk.greet.glad", "It is good that you wrote. Take your time."),
    # Translators: the operator does not speak the person's language and uses these prepared sentences.
    P(
        "desk.greet.prepared",
        "I do not speak your language well. I send you prepared sentences in your language. Please write short "
        "sentences. I will try to understand.",
    ),
    P("desk.greet.back", "I am here again. I have read what you wrote."),
    # Translators: is it safe to write now? Nothing in these sentences may say why one asks.
    P("desk.safe.now", "Is it OK for you to write now?"),
    P("desk.safe.alone", "Are you alone now? You can answer yes or no."),
    P("desk.safe.phone", "Can someone else look at your phone?"),
    P("desk.safe.stop", "If someone comes, you can stop writing at any time. Your place here is kept."),
    P("desk.safe.hide", "You can type /stop to hide this chat, or /delete to erase it."),
    P("desk.safe.danger", "Are you in danger right now?"),
    P("desk.safe.hurt", "Are you hurt, or do you need a doctor now?"),
    P("desk.safe.time", "At what time is it safe for you to write?"),
    # Translators: how the person can answer.
    P("desk.answer.yes_no", "You can answer with yes or no."),
    P("desk.answer.not_needed", "You do not have to answer. You decide what you tell me."),
    P("desk.answer.no_names", "Please do not send names, papers or photos of papers. They are not needed."),
    P("desk.answer.one_word", "One word is enough."),
    # Translators: questions that can be answered by yes, no or one word. Never "you must tell".
    P("desk.ask.country", "In which country are you?"),
    P("desk.ask.work", "What work do you do there?"),
    P("desk.ask.papers", "Do you have your papers with you? You can answer yes or no."),
    P("desk.ask.pay", "Do you get your pay?"),
    P("desk.ask.leave", "Can you go out when you want to?"),
    P("desk.ask.others", "Are other people there in the same situation?"),
    P("desk.ask.child", "Is a child with you?"),
    P("desk.ask.age", "Are you younger than eighteen?"),
    P("desk.ask.food", "Do you have food and water?"),
    P("desk.ask.talk", "Can you talk on the phone now, or is writing better?"),
    P("desk.ask.contact", "Is there someone you trust whom you can reach?"),
    P("desk.ask.wish", "What would help you most right now?"),
    # Translators: the operator has read and takes it seriously. No judgement, no promise.
    P("desk.hear.thanks", "Thank you for telling me this."),
    P("desk.hear.sorry", "I am sorry that this is happening to you. It is not your fault."),
    P("desk.hear.sign", "What you write can be a sign that your rights are not kept. We can look at it together."),
    P("desk.hear.again", "I did not understand that well. Please write it again in other words."),
    P("desk.hear.file", "I have seen what you sent."),
    P("desk.hear.no_file", "I could not open what you sent. Please write it in words."),
    # Translators: the operator needs time. Say no time that is not sure.
    P("desk.wait.moment", "Please wait a moment. I am still here."),
    P("desk.wait.looking", "I am looking for help that fits you. It can take a while."),
    P("desk.wait.asking", "I am asking a colleague from our team. Please wait a little."),
    P("desk.wait.back", "I have to go now. You can go on writing. Your words are kept for our team."),
    P("desk.wait.colleague", "A colleague who speaks your language can go on with you. Is that OK for you?"),
    # Translators: what the person can do; always "you can", never "you must".
    P("desk.next.choose", "You decide what happens next. You can always say no."),
    P("desk.next.consent", "May I tell your words to an organisation that can help? You can say yes or no."),
    P("desk.next.safe_call", "Call only when nobody can hear you and it is safe for you."),
    P("desk.next.nobody", "I have not found help for this yet. I am sorry. We can look for another way."),
    # Translators: {numbers} are lines with names and numbers from the directory; leave it as {numbers}.
    P("desk.numbers.emergency", "If you need help at once and it is safe to call:\n{numbers}"),
    P("desk.numbers.trafficking", "Here you can ask for help when you cannot leave your work:\n{numbers}"),
    P("desk.numbers.labour", "Here you can ask about work, pay and papers:\n{numbers}"),
    P("desk.numbers.women", "Here women can ask for help:\n{numbers}"),
    P("desk.numbers.child", "Here you can ask for help for a child:\n{numbers}"),
    P("desk.numbers.health", "Here you can ask about health, or talk when it is too much:\n{numbers}"),
    P("desk.numbers.consular", "This is the office of your own country:\n{numbers}"),
    P("desk.numbers.ngo", "These groups help people who work far from home:\n{numbers}"),
    # Translators: the operator ends. The person can always come back.
    P("desk.end.more", "Is there something else I can do for you?"),
    P("desk.end.again", "You can write here again at any time, day or night."),
    P("desk.end.goodbye", "Goodbye. Take good care of yourself."),
)

# Translators: titles of groups of sentences, for the operators of the helpline; people do not see them.
SUBJECT_TITLES: tuple[Phrase, ...] = (
    P("subject.greet", "Greeting"),
    P("subject.safe", "Safe to write?"),
    P("subject.answer", "How to answer"),
    P("subject.ask", "Questions"),
    P("subject.hear", "I have read it"),
    P("subject.wait", "Please wait"),
    P("subject.next", "What next"),
    P("subject.numbers", "Numbers to call"),
    P("subject.end", "Goodbye"),
    P("subject.product", "About this chat"),
)

# Kinds of directory entries a phrase is filled with.
SUBJECT_NUMBERS: Mapping[str, tuple[str, ...]] = {
    phrase.id: (phrase.id.rpartition(".")[2],) for phrase in DESK_PHRASES if phrase.id.startswith("desk.numbers.")
}
