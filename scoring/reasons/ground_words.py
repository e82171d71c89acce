"""What each ground of an adverse answer is called, other than the score: by the code of its reason."""

from scoring.reasons.registry import Words

GROUND_WORDS: dict[str, Words] = {
    "sanctions_hit": Words("a sanctions list", "een sanctielijst"),
    "insolvency_event": Words("an insolvency procedure", "een insolventieprocedure"),
    "adverse_event": Words("what is reported against the debtor", "wat over de debiteur is gemeld"),
    "debtor_not_active": Words("the company is not active", "de onderneming is niet actief"),
    "policy_rule": Words("a rule of the policy", "een regel van het beleid"),
    "policy_rule_grade": Words("a rule of the policy", "een regel van het beleid"),
    "limit_is_zero": Words("what carries a limit", "wat een limiet kan dragen"),
    "limit_exceeded": Words("the size of the order", "de omvang van de bestelling"),
    "limit_used_up": Words("what is outstanding already", "wat al uitstaat"),
    "unresolved_write_off": Words("a claim that was written off", "een afgeboekte vordering"),
    "cover_withdrawn": Words("the credit insurer's refusal", "de weigering van de kredietverzekeraar"),
    "oldest_overdue": Words("an invoice long overdue", "een lang te laat openstaande factuur"),
    "young_company": Words("a young company", "een jonge onderneming"),
    "past_insolvency": Words("an earlier insolvency", "een eerdere insolventie"),
}

# Behind the text of a review.
GROUNDS: Words = Words(" Grounds besides the score: {grounds}.", " Gronden naast de score: {grounds}.")
