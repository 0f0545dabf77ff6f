namespace Mesh;

/// <summary>
/// Numbers the appends of one sender to one stream, so that a repeat after a lost answer gets what the first got. Unlike a dedupe id it costs memory only until
/// the sender says that it knows the answer. A sender has one call under way at a stream at a time.
/// </summary>
/// <param name="Sender">Chosen at random by each process that sends.</param>
/// <param name="Number">Rises with each of its appends to the stream; from 1.</param>
/// <param name="SettledThrough">Appends with this number or a lower one will not be repeated.</param>
public readonly record struct SenderMark(ulong Sender, long Number, long SettledThrough);
