using System.Security.Cryptography;

namespace Mesh.Orleans.Client;

/// <summary>Marks what this process sends, so that a call sent again after its silo died appends nothing twice. Thread-safe.</summary>
internal sealed class SenderNumbers
{
    public ulong Sender { get; } = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    private long _last;

    /// <summary>Marks the appends of one call to one stream, in order; whatever was sent to that stream before is settled.</summary>
    public void Mark(Span<Grains.AppendItem> items)
    {
        var first = Take(items.Length);
        for (var i = 0; i < items.Length; i++)
            items[i] = items[i] with { Options = items[i].Options with { Sender = new SenderMark(Sender, first + i, first - 1) } };
    }

    /// <returns>The first of so many numbers.</returns>
    public long Take(int count) => Interlocked.Add(ref _last, count) - count + 1;
}
