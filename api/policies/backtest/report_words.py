"""What the report of a backtest says around its figures, in English and Dutch."""

from scoring.reasons.registry import Words

PAGE_WORDS = {
    "title": Words("Backtest of {policy}", "Backtest van {policy}"),
    "only_a_file": Words("a policy that is only a file", "een beleid dat alleen een bestand is"),
    "version": Words("version {version}", "versie {version}"),
    "orders_of": Words("Orders of {begin} to {end}.", "Orders van {begin} tot en met {end}."),
    "tested": Words("What was tested", "Wat is getest"),
    "policy": Words("policy", "beleid"),
    "role": Words("role", "rol"),
    "digest": Words("digest", "vingerafdruk"),
    "engine": Words("engine", "motor"),
    "period": Words("orders of", "orders van"),
    "ledger": Words("the ledger tells of", "de administratie vertelt over"),
    "until": Words("{begin} to {end}", "{begin} tot en met {end}"),
    "knowledge": Words("what counts when", "wat telt wanneer"),
    "orders_judged": Words("orders judged", "beoordeelde orders"),
    "debtors_judged": Words("debtors judged", "beoordeelde debiteuren"),
    "with_history": Words("{count}, of which {history} with history", "{count}, waarvan {history} met historie"),
    "with_report": Words("orders with a credit report", "orders met een kredietrapport"),
    "other_currencies": Words(
        "orders in other currencies, left out", "orders in andere valuta, buiten beschouwing gelaten"
    ),
    "assumptions": Words("What was taken for granted", "Wat is aangenomen"),
    "separation": Words("How well risk is told apart", "Hoe goed risico wordt onderscheiden"),
    "separation_note": Words(
        "AUC is the chance that of a late and a timely case the late one was given the higher probability; 0.5 is"
        " chance, 1 is perfect. Gini is twice the AUC less one, KS the widest gap between the two groups. Intervals"
        " are of 95 %. “All with history” counts each order of a debtor with history (of debtors: each day with an"
        " order), “first of each debtor” only the first such order: there nobody counts twice.",
        "AUC is de kans dat van een te laat en een tijdig geval het te late de hogere kans had gekregen; 0,5 is"
        " toeval, 1 is volmaakt. Gini is tweemaal de AUC min één, KS de grootste afstand tussen de twee groepen."
        " Intervallen zijn van 95 %. “Alle met historie” telt elke order van een debiteur met historie (bij"
        " debiteuren: elke dag met een order), “eerste per debiteur” alleen de eerste zo'n order: daar telt niemand"
        " dubbel.",
    ),
    "all_cases": Words(
        "What came of all orders, whatever was known", "Wat er van alle orders kwam, wat er ook bekend was"
    ),
    "target": Words("what is to be foretold", "wat voorspeld moet worden"),
    "cases": Words("cases", "gevallen"),
    "events": Words("events", "keren gebeurd"),
    "event_rate": Words("rate", "aandeel"),
    "undecided": Words("not known yet", "nog niet bekend"),
    "credited": Words("credited", "gecrediteerd"),
    "auc": Words("AUC (95 %)", "AUC (95 %)"),
    "gini": Words("Gini", "Gini"),
    "ks": Words("KS", "KS"),
    "without_pd": Words("without a probability", "zonder kans"),
    "separation_of": Words("{role}: {sample}", "{role}: {sample}"),
    "difference": Words(
        "AUC of the candidate less that of the active policy, over the cases that both gave a probability",
        "AUC van de kandidaat min die van het geldende beleid, over de gevallen waaraan beide een kans gaven",
    ),
    "difference_of": Words("{sample}: difference (95 %)", "{sample}: verschil (95 %)"),
    "interval": Words("{value} ({low} to {high})", "{value} ({low} tot {high})"),
    "calibration": Words("How true the probabilities are", "Hoe waar de kansen zijn"),
    "calibration_note": Words(
        "By grade: what was observed, and the mean probability that the policy had given. A policy's probability is of"
        " what that policy predicts, as a rule a default within twelve months; late payment is another and more"
        " frequent event. Observed rates above the expected ones are therefore no fault by themselves, but they should"
        " rise from grade to grade.",
        "Per rating: wat werd waargenomen, en de gemiddelde kans die het beleid had gegeven. De kans van een beleid"
        " gaat over wat dat beleid voorspelt, in de regel wanbetaling binnen twaalf maanden; te late betaling is iets"
        " anders en komt vaker voor. Waargenomen aandelen boven de verwachte zijn dus op zichzelf geen fout, maar ze"
        " horen van rating tot rating te stijgen.",
    ),
    "brier": Words("Brier score {score}.", "Brierscore {score}."),
    "is_monotone": Words("Rates rise from grade to grade.", "De aandelen stijgen van rating tot rating."),
    "pooled": Words("Rates do not rise within: {groups}.", "De aandelen stijgen niet binnen: {groups}."),
    "empty_grades": Words("No cases: {grades}.", "Geen gevallen: {grades}."),
    "no_calibration": Words("No cases with a probability.", "Geen gevallen met een kans."),
    "grade": Words("grade", "rating"),
    "observed": Words("observed (95 %)", "waargenomen (95 %)"),
    "expected": Words("expected", "verwacht"),
    "within": Words("within", "erbinnen"),
    "yes": Words("yes", "ja"),
    "no": Words("no", "nee"),
    "decided": Words("What was decided", "Wat is besloten"),
    "outcomes": Words("Outcomes", "Uitkomsten"),
    "outcome": Words("outcome", "uitkomst"),
    "orders": Words("orders", "orders"),
    "amount": Words("amount in {currency}", "bedrag in {currency}"),
    "orders_by": Words("{role}: orders", "{role}: orders"),
    "amount_by": Words("{role}: {currency}", "{role}: {currency}"),
    "reasons": Words(
        "{role}: why orders were not accepted; an order counts with each of its reasons",
        "{role}: waarom orders niet zijn geaccepteerd; een order telt bij elk van haar redenen",
    ),
    "reason": Words("reason", "reden"),
    "calls_for": Words("calls for", "leidt tot"),
    "zero_limits": Words("{role}: what made the limit zero", "{role}: waardoor de limiet nul was"),
    "bound_by": Words("bound by", "begrensd door"),
    "classes": Words("Risk classes; debtors by their last order", "Risicoklassen; debiteuren naar hun laatste order"),
    "risk_class": Words("class", "klasse"),
    "orders_share_by": Words("{role}: share of orders", "{role}: aandeel orders"),
    "debtors_by": Words("{role}: debtors", "{role}: debiteuren"),
    "debtors_share_by": Words("{role}: share of debtors", "{role}: aandeel debiteuren"),
    "normal_share": Words(
        "Warning, {role}: of the debtors with a class, the share in class normal is not from 65 to 90 %.",
        "Let op, {role}: van de debiteuren met een klasse ligt het aandeel in klasse normaal niet tussen 65 en 90 %.",
    ),
    "limits": Words("Limits beside what is owed", "Limieten naast wat openstaat"),
    "limit": Words("orders", "orders"),
    "uses": Words(
        "Use of the limit, where it is above zero: what is owed with the order, of the limit",
        "Gebruik van de limiet, waar die boven nul is: wat met de order openstaat, van de limiet",
    ),
    "use_share": Words("share of the orders", "aandeel van de orders"),
    "use_by": Words("{role}: use at most", "{role}: gebruik hoogstens"),
    "earned": Words("Margin and loss", "Marge en verlies"),
    "earned_note": Words(
        "The result is the margin less the realised loss and the funding. Orders that wait or are refused earn nothing"
        " here.",
        "Het resultaat is de marge min het werkelijke verlies en de financiering. Orders die wachten of geweigerd zijn"
        " leveren hier niets op.",
    ),
    "earned_by": Words("{role}, in {currency}", "{role}, in {currency}"),
    "standing": Words("how the order stood", "hoe de order ervoor stond"),
    "swap": Words("Who is sold to by which policy", "Aan wie welk beleid verkoopt"),
    "swap_note": Words(
        "Orders by which policy sells them on account; what is to be prepaid, even in part, is not sold on account.",
        "Orders naar welk beleid ze op rekening verkoopt; wat geheel of deels vooruit betaald moet worden, is niet op"
        " rekening verkocht.",
    ),
    "sold_by": Words("sold on account by", "op rekening verkocht door"),
    "unpaid": Words("never paid in {currency}", "nooit betaald in {currency}"),
    "late_at_all": Words("late at all", "te laat"),
    "late_over": Words("over {days} days late", "meer dan {days} dagen te laat"),
    "late_of": Words("{rate} of {cases}", "{rate} van {cases}"),
    "swap_earned": Words(
        "What each policy's decisions on them come to, in {currency}",
        "Waar de besluiten van elk beleid erover op uitkomen, in {currency}",
    ),
    "class_moves": Words("Orders by the class that each policy gave", "Orders naar de klasse die elk beleid gaf"),
    "unsaid": Words("What cannot be said", "Wat niet gezegd kan worden"),
    "plots_missing": Words(
        "This report has no plots, as the plotting library is not installed: pip install 'creditgate[analysis]' brings"
        " it.",
        "Dit rapport heeft geen grafieken, omdat de tekenbibliotheek niet is geïnstalleerd: pip install"
        " 'creditgate[analysis]' brengt haar mee.",
    ),
}
