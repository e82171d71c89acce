"""Titles and axes of the plots in words, in English and Dutch."""

from scoring.reasons.registry import Words

PLOT_WORDS = {
    "roc_invoice": Words(
        "How well late invoices are told from the others, with history",
        "Hoe goed te late facturen van de andere worden onderscheiden, met historie",
    ),
    "roc_debtor": Words(
        "How well debtors that will pay late are told from the others, with history",
        "Hoe goed debiteuren die te laat gaan betalen van de andere worden onderscheiden, met historie",
    ),
    "false_alarms": Words("share of the others singled out", "aandeel aangewezen van de andere"),
    "hits": Words("share of the late ones singled out", "aandeel aangewezen van de te late"),
    "chance": Words("chance (AUC 0.5)", "toeval (AUC 0,5)"),
    "calibration_invoice": Words(
        "Late invoices by grade: what came of them beside what was expected",
        "Te late facturen per rating: wat gebeurde naast wat verwacht werd",
    ),
    "calibration_debtor": Words(
        "Debtors that paid late by grade: what came of them beside what was expected",
        "Te laat betalende debiteuren per rating: wat gebeurde naast wat verwacht werd",
    ),
    "observed": Words("{role}:\nobserved, with 95 % interval", "{role}:\nwaargenomen, met 95 %-interval"),
    "expected": Words("{role}:\nexpected probability", "{role}:\nverwachte kans"),
    "none_happened": Words("hollow: it happened in no case", "open: het gebeurde in geen geval"),
    "rate": Words("share of the cases (log scale)", "aandeel van de gevallen (logschaal)"),
    "grade": Words("grade, best first", "rating, beste eerst"),
    "late_by_grade": Words(
        "Share of the invoices of each grade paid late", "Aandeel van de facturen per rating dat te laat betaald werd"
    ),
    "late_share": Words("share of the invoices", "aandeel van de facturen"),
    "over_days": Words("more than {days} days late", "meer dan {days} dagen te laat"),
    "over_due": Words("after the due date", "na de vervaldag"),
    "any_over_days": Words(
        "any invoice of {window} days\nmore than {days} days late",
        "een factuur uit {window} dagen\nmeer dan {days} dagen te laat",
    ),
    "any_over_due": Words(
        "any invoice of {window} days\npaid after the due date", "een factuur uit {window} dagen\nna de vervaldag"
    ),
    "not_measured": Words("not measured:\n{reason}", "niet gemeten:\n{reason}"),
    "classes": Words(
        "How debtors and orders fall into risk classes", "Hoe debiteuren en orders over risicoklassen vallen"
    ),
    "classed_debtors": Words(
        "debtors with a class, by their last order", "debiteuren met een klasse, naar hun laatste order"
    ),
    "all_orders": Words("all orders", "alle orders"),
    "normal_band": Words("class normal: 65 to 90 % is usual", "klasse normaal: 65 tot 90 % is gebruikelijk"),
    "share": Words("share, in percent above the bars", "aandeel, in procenten boven de staven"),
    "limits": Words(
        "Use of the limit, where it is above zero: what is owed with the order, of the limit",
        "Gebruik van de limiet, waar die boven nul is: wat met de order openstaat, van de limiet",
    ),
    "orders_at_most": Words(
        "share of the orders with such a use or less", "aandeel van de orders met zo'n gebruik of minder"
    ),
    "use": Words("use of the limit (log scale)", "gebruik van de limiet (logschaal)"),
    "limit": Words("the limit", "de limiet"),
    "swap": Words("Orders by which policy sells them on account", "Orders naar welk beleid ze op rekening verkoopt"),
    "orders": Words("orders", "orders"),
    "late_over_30": Words("share paid more than\n30 days late", "aandeel meer dan\n30 dagen te laat betaald"),
    "result_of": Words(
        "result in {currency} of what each\npolicy decided about them",
        "resultaat in {currency} van wat elk\nbeleid erover besloot",
    ),
    "unknown": Words("no cases", "geen gevallen"),
    "earned": Words(
        "Margin and loss of what each policy sells, in {currency}",
        "Marge en verlies van wat elk beleid verkoopt, in {currency}",
    ),
}
