"""The 51 intents: what a person can mean, with a title in plain words for buttons and for the operator's gloss.

The names are final; training data, domain, answers and reports use them. A title stands on a small screen that
somebody else may see, so it names no crime.
"""

from __future__ import annotations

from bot.core.phrase import P, Phrase

# Translators: short titles of what a person can mean, for buttons; at most about 30 characters, first person.
INTENT_TITLES: tuple[Phrase, ...] = (
    P("intent.greet", "Say hello"),
    P("intent.goodbye", "Say goodbye"),
    P("intent.thank", "Say thank you"),
    P("intent.affirm", "Yes"),
    P("intent.deny", "No"),
    P("intent.unsure", "I don't know"),
    P("intent.bot_challenge", "Who is answering me?"),
    P("intent.help_menu", "What can I ask?"),
    P("intent.change_language", "Another language"),
    P("intent.inform_country", "The country I am in"),
    P("intent.out_of_scope", "Something else"),
    P("intent.emergency_danger", "I am in danger now"),
    P("intent.self_harm", "I don't want to live"),
    P("intent.quick_exit", "Stop and hide"),
    P("intent.delete_my_data", "Erase what I wrote"),
    P("intent.ask_privacy", "Who can read this?"),
    P("intent.talk_to_person", "Talk to a person"),
    P("intent.passport_withheld", "They keep my papers"),
    P("intent.wages_withheld", "I am not paid"),
    P("intent.debt_bondage", "A debt I must work off"),
    P("intent.movement_restricted", "I can't leave"),
    P("intent.threats_violence", "They threaten or hit me"),
    P("intent.sexual_abuse", "Someone touches or forces me"),
    P("intent.excessive_hours", "I work too long"),
    P("intent.poor_conditions", "Bad food, bed or safety"),
    P("intent.deceptive_job", "The job is not as promised"),
    P("intent.job_offer_check", "Is this job offer safe?"),
    P("intent.scam_compound", "Made to cheat people online"),
    P("intent.fishing_vessel", "On a fishing boat"),
    P("intent.domestic_worker", "Work in a private house"),
    P("intent.forced_marriage", "Forced to marry"),
    P("intent.child_labour", "A child who works"),
    P("intent.worried_about_other", "Worried about someone"),
    P("intent.ask_minimum_wage", "What is the lowest legal pay?"),
    P("intent.ask_working_hours", "Legal hours and overtime"),
    P("intent.ask_rest_leave", "Days off and leave"),
    P("intent.ask_change_employer", "Change or leave my employer"),
    P("intent.ask_contract", "My contract"),
    P("intent.ask_recruitment_fees", "What may an agent charge?"),
    P("intent.ask_injury", "Hurt at work"),
    P("intent.ask_pregnancy", "Pregnant and working"),
    P("intent.ask_undocumented", "I have no papers"),
    P("intent.document_renewal", "Visa, permit, passport"),
    P("intent.ask_go_home", "How to get home"),
    P("intent.ask_shelter", "A safe place to sleep"),
    P("intent.ask_health", "Doctor and medicine"),
    P("intent.ask_legal_help", "Complain or find a lawyer"),
    P("intent.ask_hotline", "A phone number"),
    P("intent.ask_what_is_trafficking", "What these words mean"),
    P("intent.warning_signs", "Signs of a bad job"),
    P("intent.self_check", "Check my situation"),
)

INTENTS: tuple[str, ...] = tuple(phrase.id.partition(".")[2] for phrase in INTENT_TITLES)
