"""The words of the procedure in both languages: what each step is called and tells, and what effects are called."""

from scoring.reasons.registry import Words

EFFECTS: dict[str, Words] = {
    "decline": Words("declines", "leidt tot afwijzing"),
    "refer": Words("leaves the answer to a person", "laat het antwoord aan een mens"),
    "hold_first_payment": Words("waits for the first payment", "wacht op de eerste betaling"),
    "accept_prepayment": Words("asks for prepayment", "vraagt vooruitbetaling"),
    "grade": Words("costs a better grade", "kost een betere rating"),
    "limit": Words("costs part of the limit", "kost een deel van de limiet"),
    "none": Words("told only", "alleen gemeld"),
}

MARGINAL_PD = Words(
    "Otherwise the probability of default would be {would_be_pd} (now {default_pd}).",
    "Anders zou de kans op wanbetaling {would_be_pd} zijn (nu {default_pd}).",
)

STEPS: dict[str, Words] = {
    "outside": Words("What others know", "Wat anderen weten"),
    "inside": Words("What we saw ourselves", "Wat wij zelf zagen"),
    "blending": Words("Weighing both", "Beide gewogen"),
    "grade": Words("Grade", "Rating"),
    "caps": Words("Facts apart from the score", "Feiten los van de score"),
    "confidence": Words("Confidence", "Zekerheid"),
    "limit": Words("Credit limit", "Kredietlimiet"),
    "term": Words("Payment term", "Betaaltermijn"),
    "outcome": Words("The answer", "Het antwoord"),
}

TEXTS: dict[str, Words] = {
    "outside_by_pd": Words(
        "{provider} puts the probability of default at {bureau_pd} over {horizon_months}; over twelve months that is "
        "{external_pd}.",
        "{provider} stelt de kans op wanbetaling op {bureau_pd} over {horizon_months}; over twaalf maanden is dat "
        "{external_pd}.",
    ),
    "outside_by_table": Words(
        "{provider} gives the score {score} on the scale {scale}. By the table that was in force ({table}) that is "
        "grade {score_grade} and a probability of default of {external_pd}.",
        "{provider} geeft de score {score} op de schaal {scale}. Volgens de tabel die toen gold ({table}) is dat "
        "rating {score_grade} en een kans op wanbetaling van {external_pd}.",
    ),
    "outside_by_scale": Words(
        "{provider} gives the score {score} on the scale {scale}. By the policy that is grade {score_grade} and a "
        "probability of default of {external_pd}.",
        "{provider} geeft de score {score} op de schaal {scale}. Volgens het beleid is dat rating {score_grade} en een "
        "kans op wanbetaling van {external_pd}.",
    ),
    "outside_by_accounts": Words(
        "No vendor gives a probability. The annual accounts of {year_end_on}, scored by the policy, give "
        "{external_pd}.",
        "Geen bureau geeft een kans. De jaarrekening van {year_end_on}, gescoord volgens het beleid, geeft "
        "{external_pd}.",
    ),
    "outside_known": Words(
        "What others know puts the probability of default within twelve months at {external_pd}.",
        "Wat anderen weten stelt de kans op wanbetaling binnen twaalf maanden op {external_pd}.",
    ),
    "outside_none": Words(
        "Nothing that others know gave a probability of default.",
        "Niets van wat anderen weten gaf een kans op wanbetaling.",
    ),
    "inside_known": Words(
        "How we were paid scores {payment_score}; by the policy that is a probability of default of {internal_pd}.",
        "Hoe wij zijn betaald scoort {payment_score}; volgens het beleid is dat een kans op wanbetaling van "
        "{internal_pd}.",
    ),
    "inside_figure": Words("{figure}: {value}, {points} points", "{figure}: {value}, {points} punten"),
    "inside_none": Words(
        "Our own experience is too little to give a probability of default.",
        "Onze eigen ervaring is te gering voor een kans op wanbetaling.",
    ),
    "blended": Words(
        "Our own experience counts for {credibility_share}, what others know for {rest_share}, weighed in log-odds. "
        "Together that is {default_pd}.",
        "Onze eigen ervaring telt voor {credibility_share}, wat anderen weten voor {rest_share}, gewogen in log-odds. "
        "Samen is dat {default_pd}.",
    ),
    "blended_one": Words(
        "Only one of both is known, so that one counts: {default_pd}.",
        "Slechts een van beide is bekend, dus die telt: {default_pd}.",
    ),
    "blended_none": Words(
        "Neither is known, so there is no probability of default.",
        "Geen van beide is bekend, dus er is geen kans op wanbetaling.",
    ),
    "graded": Words(
        "{default_pd} lies in grade {grade_before}, which goes from {from_pd} up to {below_pd}.",
        "{default_pd} valt in rating {grade_before}, die loopt van {from_pd} tot {below_pd}.",
    ),
    "graded_default": Words(
        "{default_pd} is at least {from_pd}: that is grade {grade_before}, in default.",
        "{default_pd} is minstens {from_pd}: dat is rating {grade_before}, in verzuim.",
    ),
    "graded_none": Words("Without a probability there is no grade.", "Zonder kans is er geen rating."),
    "capped": Words(
        "Grade {grade_before} became {grade_after}, in class {risk_class}, by facts that count apart from the score.",
        "Rating {grade_before} werd {grade_after}, in klasse {risk_class}, door feiten die los van de score tellen.",
    ),
    "capped_by_fact": Words(
        "A fact by itself makes the grade {grade_after}, in class {risk_class}.",
        "Een feit maakt de rating op zichzelf {grade_after}, in klasse {risk_class}.",
    ),
    "capped_not": Words(
        "No fact lowers the grade: it stays {grade_after}, in class {risk_class}.",
        "Geen feit verlaagt de rating: die blijft {grade_after}, in klasse {risk_class}.",
    ),
    "capped_none": Words("There is no grade to limit.", "Er is geen rating om te begrenzen."),
    "confident": Words(
        "The data bear the answer for {confidence_share}; the policy asks for at least {minimum_share}.",
        "De gegevens dragen het antwoord voor {confidence_share}; het beleid vraagt minstens {minimum_share}.",
    ),
    "limit_amount": Words(
        "The limit is {limit_amount}; what bound it: {binding}.",
        "De limiet is {limit_amount}; bepalend was: {binding}.",
    ),
    "limit_proposed": Words(
        "The rules alone would give {limit_amount} (what binds it: {binding}), but a person decides.",
        "De regels alleen zouden {limit_amount} geven (bepalend: {binding}), maar een mens beslist.",
    ),
    "limit_unlimited": Words("Nothing bounds the limit.", "Niets begrenst de limiet."),
    "limit_none": Words("No limit was set.", "Er is geen limiet vastgesteld."),
    "limit_bound": Words("{bound}: at most {bound_amount}", "{bound}: hoogstens {bound_amount}"),
    "capacity_by_figure": Words(
        "What can be carried by {bound}: {part_share} of {figure_amount} is {cap_amount}",
        "Draagkracht naar {bound}: {part_share} van {figure_amount} is {cap_amount}",
    ),
    "capacity_financial": Words(
        "The least of these annual figures: {financial_amount}", "De laagste van deze jaarcijfers: {financial_amount}"
    ),
    "capacity_bureau": Words("The bureau recommends {bureau_amount}", "Het bureau adviseert {bureau_amount}"),
    "capacity_bureau_unlimited": Words(
        "The bureau recommends a limit without a maximum", "Het bureau adviseert een limiet zonder maximum"
    ),
    "capacity_bureau_other_currency": Words(
        "The bureau's limit is in {currency_named} and was not used",
        "De limiet van het bureau is in {currency_named} en is niet gebruikt",
    ),
    "capacity_mean": Words("The mean of both: {external_amount}", "Het gemiddelde van beide: {external_amount}"),
    "capacity_own": Words(
        "By our own experience: the peak of {peak_amount} times {multiple} (at {late_days} late) is {own_amount}",
        "Naar eigen ervaring: de piek van {peak_amount} maal {multiple} (bij {late_days} te laat) is {own_amount}",
    ),
    "capacity_own_none": Words(
        "Our own experience is too little to carry a limit: at least {settled_min} settled invoices are needed",
        "Onze eigen ervaring is te gering om een limiet op te baseren: minstens {settled_min} betaalde facturen zijn "
        "nodig",
    ),
    "capacity_weighed": Words(
        "Our own experience counts for {own_share}, the rest for {rest_share}: capacity {capacity_amount}",
        "Eigen ervaring telt voor {own_share}, de rest voor {rest_share}: draagkracht {capacity_amount}",
    ),
    "term_given": Words("The payment term is {term_days}.", "De betaaltermijn is {term_days}."),
    "term_proposed": Words(
        "The rules alone would give a payment term of {term_days}, but a person decides.",
        "De regels alleen zouden een betaaltermijn van {term_days} geven, maar een mens beslist.",
    ),
    "term_none": Words("No payment term is given.", "Er wordt geen betaaltermijn gegeven."),
    "term_of_class": Words(
        "The term of class {risk_class}: {general_days}", "De termijn van klasse {risk_class}: {general_days}"
    ),
    "term_of_segment": Words(
        "The debtor is in a segment of the policy with a term of its own: {class_days}",
        "De debiteur valt in een segment van het beleid met een eigen termijn: {class_days}",
    ),
    "term_asked": Words("Asked for: {asked_days}", "Gevraagd: {asked_days}"),
    "term_by_law": Words(
        "The law allows {term_days} instead of {agreed_days}, by the size of the debtor: {debtor_size}",
        "De wet staat {term_days} toe in plaats van {agreed_days}, naar de omvang van de debiteur: {debtor_size}",
    ),
    "term_within_law": Words(
        "The law allows {agreed_days}, by the size of the debtor: {debtor_size}",
        "De wet staat {agreed_days} toe, naar de omvang van de debiteur: {debtor_size}",
    ),
    "term_left_by_law": Words(
        "The law allows {agreed_days} only when expressly agreed, so that a person must say",
        "De wet staat {agreed_days} alleen toe als dat uitdrukkelijk is overeengekomen; dat moet een mens zeggen",
    ),
    "outcome": Words(
        "Of all that the reasons call for the heaviest is given: {outcome_text}.",
        "Van alles waar de redenen toe leiden geldt het zwaarste: {outcome_text}.",
    ),
    "outcome_review": Words(
        "An adverse answer to who is or may be a natural person waits until a person has looked at it. Until then: "
        "{outcome_text}.",
        "Een nadelig antwoord aan wie een natuurlijk persoon is of kan zijn wacht tot een mens ernaar heeft gekeken. "
        "Tot dan: {outcome_text}.",
    ),
}
