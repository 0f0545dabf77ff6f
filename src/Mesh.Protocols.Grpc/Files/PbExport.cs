using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Mesh.Protocols.Grpc.Protobus;

namespace Mesh.Protocols.Grpc.Files;

/// <summary>
/// Writes the events of a partition to a file as protobus-server has it. Beside it stands <c>.next</c>: the sequence to go on from and the length that the file had then. An
/// export that was cut off, or of a partition that has grown, goes on from there; what a crash left behind it in the file is cut off.
/// </summary>
public static class PbExport
{
    private const string NextSuffix = ".next";
    private const int NameCharsMax = 200;

    /// <summary>The file of a partition: its name, with what file systems do not take as %XX; of a long name the SHA-256.</summary>
    public static string FileNameOf(StreamName partition)
    {
        var name = Uri.EscapeDataString(partition.Name);
        return (name.Length <= NameCharsMax ? name : "sha256-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(partition.Name)))) + ".pb";
    }

    /// <param name="partition">What is exported, to where it is now.</param>
    /// <param name="path">The file.</param>
    /// <param name="progress">Called with the events written by this run, and how many there are to write.</param>
    /// <param name="cancel">Ends the export between two pages.</param>
    /// <returns>Events written by this run.</returns>
    /// <exception cref="IOException">The file cannot be written, or is not one that was begun by an export.</exception>
    public static async Task<long> RunAsync(IPartition partition, string path, Action<long, long>? progress = null, CancellationToken cancel = default)
    {
        var (next, length) = ReadNext(path);
        var last = (await partition.StateAsync(cancel).ConfigureAwait(false)).HighWatermark;
        var total = Math.Max(0, last.Value - next.Value + 1);
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
        file.SetLength(length);
        file.Position = length;
        var delivery = new EventDelivery(withPositions: false);
        var block = new ArrayBufferWriter<byte>(1024 * 1024);
        long written = 0;
        while (next <= last)
        {
            cancel.ThrowIfCancellationRequested();
            var page = await partition.ReadAsync(new ReadQuery { From = next }, cancel).ConfigureAwait(false);
            if (page.Count == 0 && page.Next <= next) break;
            written += Write(page, delivery, block);
            await file.WriteAsync(block.WrittenMemory, cancel).ConfigureAwait(false);
            file.Flush(flushToDisk: true);
            block.ResetWrittenCount();
            next = page.Next;
            WriteNext(path, next, file.Position);
            progress?.Invoke(written, total);
        }

        return written;
    }

    private static long Write(RecordPage page, EventDelivery delivery, ArrayBufferWriter<byte> block)
    {
        foreach (var record in page)
        {
            var bytes = delivery.Measure(record);
            BinaryPrimitives.WriteInt32LittleEndian(block.GetSpan(PbFile.LengthBytes), bytes);
            block.Advance(PbFile.LengthBytes);
            delivery.WriteMeasured(block, record);
        }

        return page.Count;
    }

    private static (Sequence Next, long Length) ReadNext(string path)
    {
        var beside = path + NextSuffix;
        if (!File.Exists(beside))
        {
            return File.Exists(path)
                ? throw new IOException($"{path} exists and was not begun by an export. Delete it, or export to another folder.")
                : (Sequence.First, 0);
        }

        var words = File.ReadAllText(beside).Split(' ', StringSplitOptions.TrimEntries);
        return words.Length == 2 && long.TryParse(words[0], CultureInfo.InvariantCulture, out var next) && long.TryParse(words[1], CultureInfo.InvariantCulture, out var length)
            ? (new Sequence(next), length)
            : throw new IOException($"{beside} should hold a sequence and a length. Delete it and {path} to begin again.");
    }

    private static void WriteNext(string path, Sequence next, long length)
    {
        var fresh = path + NextSuffix + ".new";
        File.WriteAllText(fresh, string.Create(CultureInfo.InvariantCulture, $"{next.Value} {length}\n"));
        File.Move(fresh, path + NextSuffix, overwrite: true);
    }
}
