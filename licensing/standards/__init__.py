"""Rights expressions of others, in and out: RSL, RSL-MEDIA, ODRL, TDMRep, CAWG training-mining."""
