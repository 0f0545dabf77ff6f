using Mesh.Addresses;

namespace Mesh.Protocols.Http.MeshV1.Tails;

/// <summary>
/// Reads what an address names on and on, without gap or double, and says what retention took before it could be read. For one tail; not thread-safe.
/// </summary>
/// <param name="stream">What is followed.</param>
/// <param name="filter">Which of its records.</param>
/// <param name="from">The first sequence wanted.</param>
internal sealed class TailCursor(AddressedStream stream, RecordFilter filter, Sequence from)
{
    private const int RecordsAPage = 500;

    /// <summary>Where it reads on.</summary>
    public Sequence Next { get; private set; } = from;

    /// <summary>Records between the last page and this one that are gone, of whatever key.</summary>
    public long Missed { get; private set; }

    /// <summary>The next records; none when there are none that match yet.</summary>
    public async ValueTask<RecordPage> ReadAsync(CancellationToken cancel)
    {
        var page = await stream.ReadAsync(new ReadQuery { From = Next, RecordsMax = RecordsAPage }, filter, cancel).ConfigureAwait(false);
        Missed = Math.Max(0, page.LowWatermark.Value - Next.Value);
        if (page.Next > Next) Next = page.Next;
        return page;
    }

    /// <summary>Waits until there is something at <see cref="Next"/>.</summary>
    /// <returns>False when the time was up first.</returns>
    public ValueTask<bool> WaitAsync(TimeSpan timeout, CancellationToken cancel) => stream.Log.WaitAsync(Next, timeout, cancel);
}
