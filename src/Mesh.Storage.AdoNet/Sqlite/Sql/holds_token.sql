select count(*) from streams where number = $stream and token = $token
