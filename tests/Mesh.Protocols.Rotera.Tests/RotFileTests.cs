using System.Buffers.Binary;
using System.Text;
using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Engine.Streams;
using Mesh.Protocols.Rotera.Files;
using Mesh.Testing;
using Mesh.Testing.Rotera;

namespace Mesh.Protocols.Rotera.Tests;

/// <summary>Files of the original (rotera specification, section 3.1).</summary>
public sealed class RotFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Messages_are_read_from_the_oldest_to_the_newest_also_where_they_run_over_the_end()
    {
        using var file = RotFile.Open(Write(oldest: 65, start: 4000, [new string('a', 50), "", new string('b', 100), "c"]));
        Assert.Equal((65, 69), (file.Oldest, file.Next));
        Assert.Equal([new string('a', 50), "", new string('b', 100), "c"], file.Messages().Select(Encoding.ASCII.GetString));
    }

    [Fact]
    public void A_file_without_messages_has_none()
    {
        using var file = RotFile.Open(Write(oldest: 0, start: 0, []));
        Assert.Empty(file.Messages());
    }

    [Theory]
    [InlineData(0, 1L, "begin")] // the magic number
    [InlineData(24, 8192L, "bytes")] // the size of the data
    [InlineData(16, 5000L, "room")] // the next id
    public void A_file_whose_header_is_wrong_is_refused(int at, long word, string reason)
    {
        var path = Write(oldest: 0, start: 0, ["a"]);
        Change(path, at, word);
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => RotFile.Open(path)).Message);
    }

    [Fact]
    public void A_table_that_points_beyond_the_data_is_refused_by_name_of_the_message()
    {
        var path = Write(oldest: 0, start: 0, ["a", "b"]);
        Change(path, 4096 + 4096 + 8, 9999);
        using var file = RotFile.Open(path);
        Assert.Contains("message 1 at 9999", Assert.Throws<InvalidDataException>(() => file.Messages().Count()).Message);
    }

    [Fact]
    public async Task An_imported_ring_has_the_ids_of_the_file_and_goes_on_with_the_next()
    {
        string[] messages = [.. Enumerable.Range(130, 900).Select(id => $"message {id}")];
        using var file = RotFile.Open(Write(oldest: 130, start: 77, messages, dataBytes: 16 * 4096));
        await using var store = new FaultyLogStore(new MemoryLogStore());
        var name = StreamName.Ring("55");
        Assert.True(await NewStream.CreateAtAsync(store, name, RotImport.OptionsFor(file), new Sequence(file.Oldest + 1), new RecordTime(1)));
        await using var mesh = await EmbeddedMesh.StartAsync(store);
        await RotImport.RunAsync(file, mesh.Ring(name));
        var page = await mesh.Ring(name).ReadAsync(new ReadQuery { RecordsMax = 1000 });
        Assert.Equal(new Sequence(131), page.LowWatermark);
        Assert.Equal(messages, page.Bodies());
        Assert.False(await NewStream.CreateAtAsync(store, name, StreamOptions.Default, Sequence.First, new RecordTime(1)));
    }

    private static void Change(string path, int at, long word)
    {
        var bytes = File.ReadAllBytes(path);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), word);
        File.WriteAllBytes(path, bytes);
    }

    private string Write(long oldest, int start, string[] messages, int dataBytes = 4096) => RotFileWriter.Write(_folder.File("55.rot"), oldest, start, messages, dataBytes);
}
