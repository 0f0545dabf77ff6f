using System.Buffers.Binary;
using Mesh.Protocols.Grpc.Tests.Cases;
using Mesh.Testing;
using Mesh.Testing.Processes;
using Xunit;

namespace Mesh.Standalone.Tests.Protobus;

/// <summary>The compatibility cases of the protobus specification that are about files, options and the end of the server. Files are what <c>export-pb</c> writes.</summary>
/// <param name="open">A client in some language.</param>
public abstract class ProcessCases(Func<Uri, Task<IProtobusClient>> open)
{
    [CaseFact(18)]
    public async Task A_topics_file_holds_length_and_message_as_the_subscriber_got_it()
    {
        using var folder = new TempFolder();
        IReadOnlyList<CaseEvent> delivered = [];
        await WithServerAsync(folder, ["--store-pattern", "{topic}:.*"], async client =>
        {
            await using var subscription = await client.SubscribeAsync(["t"]);
            await client.PublishAllAsync(new CaseEvent { Topic = "t", Tags = { ["k"] = "v" }, EventTime = new CaseTime(1, 0), Payload = new CasePayload("x/y.Z", [1, 2]) });
            delivered = await subscription.TakeAsync(1);
        });
        Assert.Equal(Stored(delivered), await ExportedAsync(folder, "t.pb"));
    }

    /// <summary>A topic is stored once, by the first pattern that matches: one log gives it its one sequence.</summary>
    [CaseFact(19)]
    public async Task Patterns_divide_topics_among_files()
    {
        using var folder = new TempFolder();
        IReadOnlyList<CaseEvent> delivered = [];
        await WithServerAsync(folder, ["--store-pattern", "b-{topic}:b", "all:.*"], async client =>
        {
            await using var subscription = await client.SubscribeAsync(["a"]);
            await using var other = await client.SubscribeAsync(["bx"]);
            await client.PublishAllAsync(new CaseEvent { Topic = "a1" }, new CaseEvent { Topic = "bx" }, new CaseEvent { Topic = "a2" });
            delivered = [.. await subscription.TakeAsync(2), .. await other.TakeAsync(1)];
        });
        Assert.Equal(Stored(delivered.Take(2)), await ExportedAsync(folder, "all.pb"));
        Assert.Equal(Stored(delivered.Skip(2)), await ExportedAsync(folder, "b-bx.pb"));
    }

    [CaseFact(20, 24)]
    public async Task A_stop_tells_subscribers_and_a_restart_appends()
    {
        using var folder = new TempFolder();
        await WithServerAsync(folder, [], async client => await client.PublishAllAsync(new CaseEvent { Topic = "t1" }));
        var before = await ExportedAsync(folder, "events.pb");
        await WithServerAsync(folder, [], async client =>
        {
            await using var history = await client.SubscribeAsync(["t"], historyDepth: 1);
            await client.PublishAllAsync(new CaseEvent { Topic = "t2" });
            Assert.Equal(["t1", "t2"], (await history.TakeAsync(2)).Select(each => each.Topic));
        });
        var after = await ExportedAsync(folder, "events.pb");
        Assert.Equal(before, after[..before.Length]);
        Assert.True(after.Length > before.Length, $"{after.Length} bytes after {before.Length}");
    }

    [CaseFact(23)]
    public async Task No_topic_writes_outside_of_the_folder()
    {
        using var folder = new TempFolder();
        await WithServerAsync(folder, ["--store-pattern", "{topic}:.*"], client => client.PublishAllAsync(
            new CaseEvent { Topic = "a/b" }, new CaseEvent { Topic = "../x" }, new CaseEvent { Topic = "/x" }, new CaseEvent { Topic = "fine" }));
        await ExportedAsync(folder, "fine.pb");
        var written = Directory.GetFiles(folder.Path, "*.pb", SearchOption.AllDirectories);
        Assert.Equal(4, written.Length);
        Assert.All(written, file => Assert.Equal(folder.File("out"), Path.GetDirectoryName(file)));
    }

    /// <summary>Starts a server, does something with it, and stops it by its signal: a subscriber that is left is told, and the process ends well.</summary>
    private async Task WithServerAsync(TempFolder folder, string[] options, Func<IProtobusClient, Task> use)
    {
        await using var process = await Standalone.OpenAsync(folder.File("mesh.db"), options);
        await using var client = await open(process.Grpc);
        await use(client);
        await using var left = await client.SubscribeAsync(["quiet"]);
        process.Terminate();
        Assert.Equal(14, await left.EndAsync());
        Assert.Equal(0, (await process.EndAsync()).Code);
    }

    private static async Task<byte[]> ExportedAsync(TempFolder folder, string file)
    {
        var (code, output, errors) = await MeshProcess.RunAsync(Standalone.Command("export-pb", folder.File("out"), "--data", folder.File("mesh.db")));
        Assert.True(code == 0, output + errors);
        return await File.ReadAllBytesAsync(Path.Combine(folder.File("out"), file));
    }

    private static byte[] Stored(IEnumerable<CaseEvent> events) => [.. events.SelectMany(each => Stored(each.Raw!))];

    private static byte[] Stored(byte[] message)
    {
        var record = new byte[sizeof(uint) + message.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)message.Length);
        message.CopyTo(record, sizeof(uint));
        return record;
    }
}
