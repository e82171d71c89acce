"""Whole sentences of a report of a backtest, in English and Dutch: of its headline, and of what cannot be said."""

from scoring.reasons.registry import Words

HEADLINE = {
    "no_orders": Words(
        "There is no order in this period: the ledger tells of {begin} to {end}.",
        "In deze periode is er geen order: de administratie vertelt over {begin} tot en met {end}.",
    ),
    "sold": Words(
        "Of {orders} orders, {role} sells {sold} on account ({sold_share}) and asks prepayment for {prepaid};"
        " {waiting} wait for a person or a payment, {refused} are refused.",
        "Van {orders} orders verkoopt {role} er {sold} op rekening ({sold_share}) en vraagt voor {prepaid}"
        " vooruitbetaling; {waiting} wachten op een mens of een betaling, {refused} zijn geweigerd.",
    ),
    "earned": Words(
        "By the shares assumed below, {role} ends at {currency} {result}: a margin of {margin}, less {realised_loss}"
        " never paid and lost and {funding} for funding. It had expected to lose {expected_loss}.",
        "Met de aandelen die hieronder zijn aangenomen komt {role} uit op {currency} {result}: een marge van {margin},"
        " min {realised_loss} verlies op wat nooit betaald werd en {funding} financiering. Verwacht was een verlies"
        " van {expected_loss}.",
    ),
    "more": Words(
        "The candidate comes to {currency} {difference} more than the active policy, by the shares assumed below.",
        "De kandidaat komt {currency} {difference} hoger uit dan het geldende beleid, met de aandelen die hieronder"
        " zijn aangenomen.",
    ),
    "less": Words(
        "The candidate comes to {currency} {difference} less than the active policy, by the shares assumed below.",
        "De kandidaat komt {currency} {difference} lager uit dan het geldende beleid, met de aandelen die hieronder"
        " zijn aangenomen.",
    ),
    "same": Words(
        "Both policies come to the same, by the shares assumed below.",
        "Beide komen op hetzelfde uit, met de aandelen die hieronder zijn aangenomen.",
    ),
    "late_both": Words(
        "Of the orders that both sell on account, {rate} were paid more than {days} days late (of {cases}).",
        "Van de orders die beide op rekening verkopen werd {rate} meer dan {days} dagen te laat betaald (van {cases}).",
    ),
    "late_only_candidate": Words(
        "Of those that only the candidate sells, {rate} (of {cases}).",
        "Van die welke alleen de kandidaat verkoopt {rate} (van {cases}).",
    ),
    "late_only_active": Words(
        "Of those that only the active policy sells, {rate} (of {cases}).",
        "Van die welke alleen het geldende beleid verkoopt {rate} (van {cases}).",
    ),
    "late_neither": Words(
        "Of those that neither sells on account, {rate} (of {cases}).",
        "Van die welke geen van beide op rekening verkoopt {rate} (van {cases}).",
    ),
    "told": Words(
        "Of a late order and one that was not, the candidate's probability was higher for the late one in {pairs} of"
        " 100 pairs (AUC {auc}; 50 is chance). Late means here: {target}, {events} of {cases} cases with history.",
        "Van een te late order en een die dat niet was, was de kans van de kandidaat in {pairs} van de 100 paren het"
        " hoogst voor de te late (AUC {auc}; 50 is toeval). Te laat is hier: {target}, {events} van {cases} gevallen"
        " met historie.",
    ),
    "not_told": Words(
        "How well late orders are told from the others cannot be measured for: {target} ({cases} cases with history):"
        " {reason}.",
        "Hoe goed te late orders van de andere worden onderscheiden is niet te meten voor: {target} ({cases} gevallen"
        " met historie): {reason}.",
    ),
}
UNSAID = {
    "auc": Words(
        "No AUC for: {target}, {sample} ({roles}): {reason}.", "Geen AUC voor: {target}, {sample} ({roles}): {reason}."
    ),
    "interval": Words(
        "No interval of the AUC for: {target}, {sample} ({roles}): {reason}.",
        "Geen interval van de AUC voor: {target}, {sample} ({roles}): {reason}.",
    ),
    "difference": Words(
        "No difference of the AUC for: {target}, {sample}: {reason}.",
        "Geen verschil van de AUC voor: {target}, {sample}: {reason}.",
    ),
    "difference_interval": Words(
        "No interval of the difference for: {target}, {sample}: {reason}.",
        "Geen interval van het verschil voor: {target}, {sample}: {reason}.",
    ),
    "reports": Words(
        "{without} of {orders} orders were judged without a credit report: nothing follows from them about how the"
        " policy reads reports.",
        "{without} van {orders} orders zijn zonder kredietrapport beoordeeld: daaruit volgt niets over hoe het beleid"
        " rapporten leest.",
    ),
    "currencies": Words(
        "{count} orders in other currencies than {currency} were left out.",
        "{count} orders in andere valuta dan {currency} zijn buiten beschouwing gelaten.",
    ),
    "uses": Words(
        "No use of limits ({role}): no order had a limit above zero.",
        "Geen gebruik van limieten ({role}): geen order had een limiet boven nul.",
    ),
    "undecided": Words(
        "{currency} {amount} that {role} sold on account may still be paid: it is in the expected loss and not in the"
        " realised one.",
        "{currency} {amount} die {role} op rekening verkocht kan nog betaald worden: het telt in het verwachte verlies"
        " en niet in het werkelijke.",
    ),
    "unrated": Words(
        "{currency} {amount} was sold on account by {role} without a probability: it is in the realised loss and not"
        " in the expected one.",
        "{currency} {amount} verkocht {role} op rekening zonder kans: het telt in het werkelijke verlies en niet in"
        " het verwachte.",
    ),
}
# What holds of every backtest over a ledger.
ALWAYS_UNSAID = (
    Words(
        "What would have come of orders that were never delivered: the ledger holds only what was sold.",
        "Wat er van nooit geleverde orders was geworden: de administratie bevat alleen wat verkocht is.",
    ),
    Words(
        "What a person would have decided: orders that wait earn nothing here, though many may have been let through.",
        "Wat een mens besloten had: orders die wachten leveren hier niets op, al waren er misschien veel doorgelaten.",
    ),
    Words(
        "Whether buyers would have behaved alike under other terms: they paid as they did under the terms they had.",
        "Of kopers zich onder andere voorwaarden hetzelfde hadden gedragen: zij betaalden zoals zij deden onder de"
        " hunne.",
    ),
)
