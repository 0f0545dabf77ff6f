-- At once, so that a token checked in the transaction stays as it is until COMMIT.
begin immediate
