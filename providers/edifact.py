"""The public codes of credit cover (UN/EDIFACT data elements 4507 and 4509), into which insurers' own are put."""

from typing import Literal, get_args

# 4507: what an insurer answers. https://service.unece.org/trade/untdid/d00a/tred/tred4507.htm
ResponseCode = Literal["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"]
RESPONSE_CODES: tuple[ResponseCode, ...] = get_args(ResponseCode)

PRELIMINARY: ResponseCode = "1"  # An assessment without commitment.
APPROVED: ResponseCode = "2"
NOT_APPROVED: ResponseCode = "3"
CONDITIONAL: ResponseCode = "4"
PARTLY_APPROVED: ResponseCode = "5"
INVESTIGATING: ResponseCode = "6"
CANCELLED: ResponseCode = "8"
REDUCED: ResponseCode = "9"

# 4509: why. https://service.unece.org/trade/untdid/d00a/tred/tred4509.htm
ReasonCode = Literal["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15"]
REASON_CODES: tuple[ReasonCode, ...] = get_args(ReasonCode)

LIMIT_FULL: ReasonCode = "13"  # No approval and no increase is possible.
