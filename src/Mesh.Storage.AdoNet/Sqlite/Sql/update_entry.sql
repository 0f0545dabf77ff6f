update streams set options = $options, metadata = $metadata where number = $stream
