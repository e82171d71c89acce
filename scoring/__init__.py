"""Pure judgement: facts and a policy go in, a decision with its reasons comes out."""
