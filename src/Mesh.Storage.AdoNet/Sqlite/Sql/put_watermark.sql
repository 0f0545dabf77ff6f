update streams set low_watermark = $low, next_sequence = $next, last_time = $time where number = $stream and token = $token
