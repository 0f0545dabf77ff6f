namespace Mesh;

/// <summary>
/// Numbers the records of one producer in one stream, whichever segments they travel in, so that what is sent again after a lost connection is stored once. A stream
/// knows a producer's newest number until the producer was silent for the stream's dedupe window; costs memory by producer, not by record.
/// </summary>
/// <param name="Producer">Chosen at random by each producer.</param>
/// <param name="First">Number of the segment's first record, from 1; each further record has the next one. A number that is not greater than the newest stored counts as
/// stored: a producer sends its numbers in order, and nothing behind a record that was refused.</param>
public readonly record struct ProducerMark(ulong Producer, long First);
