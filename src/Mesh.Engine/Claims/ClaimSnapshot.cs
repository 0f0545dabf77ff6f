using System.Buffers;
using Mesh.Frames;

namespace Mesh.Engine.Claims;

/// <summary>
/// The written form of a whole <see cref="ClaimTable"/>: frontier, records gone, claims (id, when, how long), then entries (sequence, visible at, expires at,
/// deliveries, index of the claim that holds it from 1, or 0), and, where there are any, priorities (sequence, priority). All numbers are varints.
/// </summary>
internal static class ClaimSnapshot
{
    public static void Write(IBufferWriter<byte> target, long frontier, SequenceSet gone, IReadOnlyCollection<ClaimEntry> entries, IReadOnlyCollection<LiveClaim> claims, IReadOnlyDictionary<long, int> priorities)
    {
        Number(target, frontier);
        gone.Write(target);
        Number(target, claims.Count);
        var indexes = new Dictionary<LiveClaim, int>(claims.Count);
        foreach (var claim in claims)
        {
            indexes.Add(claim, indexes.Count + 1);
            claim.Id.Value.TryWriteBytes(target.GetSpan(16));
            target.Advance(16);
            Number(target, claim.At.Micros);
            Number(target, claim.Timeout.Ticks);
        }

        Number(target, entries.Count);
        foreach (var entry in entries)
        {
            Number(target, entry.Sequence);
            Number(target, entry.VisibleAt.Micros);
            Number(target, entry.ExpiresAt.Micros);
            Number(target, entry.Deliveries);
            Number(target, entry.Claim is null ? 0 : indexes[entry.Claim]);
        }

        if (priorities.Count == 0) return;
        Number(target, priorities.Count);
        foreach (var (sequence, priority) in priorities)
        {
            Number(target, sequence);
            Number(target, priority);
        }
    }

    public static void Read(ReadOnlySpan<byte> source, ClaimTable table)
    {
        var at = 0;
        table.RestoreFrontier((long)Varint.Read(source, ref at));
        table.RestoreGone(SequenceSet.Read(source, ref at));
        var claims = new LiveClaim?[1 + (int)Varint.Read(source, ref at)];
        for (var i = 1; i < claims.Length; i++)
        {
            var id = new ClaimId(new Guid(source.Slice(at, 16)));
            at += 16;
            claims[i] = table.RestoreClaim(id, new RecordTime((long)Varint.Read(source, ref at)), TimeSpan.FromTicks((long)Varint.Read(source, ref at)));
        }

        for (var left = Varint.Read(source, ref at); left > 0; left--)
        {
            var sequence = (long)Varint.Read(source, ref at);
            var visibleAt = new RecordTime((long)Varint.Read(source, ref at));
            var expiresAt = new RecordTime((long)Varint.Read(source, ref at));
            var entry = new ClaimEntry(sequence, visibleAt, expiresAt) { Deliveries = (int)Varint.Read(source, ref at) };
            table.RestoreEntry(entry, claims[(int)Varint.Read(source, ref at)]);
        }

        if (at == source.Length) return;
        for (var left = Varint.Read(source, ref at); left > 0; left--) table.RestorePriority((long)Varint.Read(source, ref at), (int)Varint.Read(source, ref at));
    }

    private static void Number(IBufferWriter<byte> target, long value) =>
        target.Advance(Varint.Write(target.GetSpan(Varint.BytesMax), (ulong)value));
}
