namespace Mesh.Addresses;

/// <summary>What an address names in one project.</summary>
/// <param name="Address">The address.</param>
/// <param name="Stream">The stream that holds the records.</param>
/// <param name="Log">Its log. Null when it keeps none: a room that keeps no history.</param>
/// <param name="Key">The key whose records are meant. They keep the stream's own sequences, so there are gaps between them. Null for the whole stream.</param>
public sealed record AddressedStream(StreamAddress Address, StreamName Stream, IStreamLog? Log, string? Key);
