"""Alerts of orders, and of what was delivered and invoiced on them."""

from scoring.monitoring.alert_kind import AlertKind
from scoring.reasons.registry import Words

OF_ORDERS = (
    AlertKind(
        "held_order_overdue",
        ("warning",),
        begins="Nobody decided on a held order in time.",
        ends="It is decided, or goes out.",
        title=Words("A held order waits past its deadline", "Een vastgehouden order wacht langer dan de termijn"),
        todo=Words("Finance decides; tell the debtor.", "Finance beslist; informeer de debiteur."),
        also_told=("sales",),
    ),
    AlertKind(
        "delivered_past_the_gate",
        ("urgent",),
        begins="Goods left that the gate would not let out.",
        ends="It has happened: acknowledge it.",
        title=Words("An order was delivered that was not released", "Een order is geleverd die niet was vrijgegeven"),
        todo=Words("Find out how, and whether it can still be stopped.", "Zoek uit hoe en of het nog te stoppen is."),
        also_told=("sales",),
    ),
    AlertKind(
        "invoiced_above_order",
        ("warning",),
        begins="More is invoiced than was ordered.",
        ends="It has happened: acknowledge it.",
        title=Words("More was invoiced than was ordered", "Er is meer gefactureerd dan besteld"),
        todo=Words("Compare invoice and order.", "Vergelijk factuur en order."),
    ),
    AlertKind(
        "invoiced_without_release",
        ("warning",),
        begins="An invoice came for an order that was never released.",
        ends="It has happened: acknowledge it.",
        title=Words(
            "An order was invoiced that was not released", "Een order is gefactureerd die niet was vrijgegeven"
        ),
        todo=Words("Find out whether it was delivered.", "Zoek uit of er geleverd is."),
    ),
    AlertKind(
        "order_differs",
        ("warning",),
        begins="An invoice and the order it names do not fit.",
        ends="It has happened: acknowledge it.",
        title=Words(
            "A document names an order that is not the debtor's or has another currency",
            "Een document noemt een order van een ander of in een andere valuta",
        ),
        todo=Words("Correct the reference.", "Verbeter de verwijzing."),
    ),
    AlertKind(
        "prepayment_returned",
        ("urgent",),
        begins="A prepayment went back.",
        ends="It has happened: acknowledge it.",
        title=Words(
            "A prepayment went back after its goods were delivered",
            "Een vooruitbetaling is teruggeboekt nadat de goederen waren geleverd",
        ),
        todo=Words("Call the debtor, and have it paid again.", "Bel de debiteur en laat opnieuw betalen."),
        also_told=("sales",),
    ),
)
