using System.Text;
using Mesh.Frames;
using Mesh.Testing.Postgres;

namespace Mesh.Protocols.Rotera.Tests;

/// <summary>Reading and streaming (rotera specification, sections 2.4 and 2.5).</summary>
public abstract class ReadContract(Func<Task<RoteraDoor>> open) : RoteraContract(open)
{
    private async Task<RoteraClient> WithAsync(params string[] messages)
    {
        var client = await Door.ConnectAsync();
        await client.SendAsync(RoteraClient.Push(Queue, messages));
        await client.CommitAsync(Queue);
        return client;
    }

    [ContractTheory]
    [InlineData(0UL, 10U, 0L, "a b c")]
    [InlineData(1UL, 1U, 1L, "b")]
    [InlineData(3UL, 10U, 3L, "")]
    [InlineData(99UL, 10U, 99L, "")]
    [InlineData(0UL, 0U, 0L, "")]
    [InlineData(1UL, 0U, 1L, "")]
    [InlineData(ulong.MaxValue, 10U, 0L, "a b c")]
    [InlineData(1UL << 63, 2U, 0L, "a b")]
    [InlineData(long.MaxValue, 2U, long.MaxValue, "")]
    public async Task A_read_answers_what_there_is_from_an_id(ulong first, uint count, long answeredFirst, string messages)
    {
        using var client = await WithAsync("a", "b", "c");
        var answer = await client.ReadAsync(Queue, first, count);
        Assert.Equal(RoteraAnswer.Alive, answer.Mark);
        Assert.Equal(answeredFirst, answer.First);
        Assert.Equal(messages, string.Join(' ', answer.Texts));
    }

    [ContractFact]
    public async Task A_stream_comes_in_chunks_and_then_the_connection_takes_requests_again()
    {
        using var client = await WithAsync("a", "b", "c", "d", "e");
        await client.SendAsync(RoteraClient.Stream(Queue, 0, 2, 5), RoteraClient.Ping(Queue));
        Assert.Equal(["a", "b"], (await client.FrameAsync()).Texts);
        Assert.Equal(["c", "d"], (await client.FrameAsync()).Texts);
        Assert.Equal(["e"], (await client.FrameAsync()).Texts);
        Assert.Equal(5, (await client.NextAsync()).Next);
    }

    [ContractFact]
    public async Task A_stream_waits_for_what_is_missing()
    {
        using var reader = await WithAsync("a");
        using var writer = await Door.ConnectAsync();
        await reader.SendAsync(RoteraClient.Stream(Queue, 0, 64, 3), RoteraClient.Ping(Queue));
        Assert.Equal(["a"], (await reader.FrameAsync()).Texts);
        await writer.SendAsync(RoteraClient.Push(Queue, "b", "c"));
        await writer.CommitAsync(Queue);
        var rest = await reader.FrameAsync();
        Assert.Equal(1, rest.First);
        Assert.Equal(["b", "c"], rest.Texts);
        Assert.Equal(3, (await reader.NextAsync()).Next);
    }

    [ContractTheory]
    [InlineData(0UL)]
    [InlineData(1UL << 63)]
    public async Task A_stream_of_nothing_sends_nothing(ulong total)
    {
        using var client = await WithAsync("a");
        await client.SendAsync(RoteraClient.Stream(Queue, 0, 64, total), RoteraClient.Ping(Queue));
        Assert.Equal((RoteraAnswer.Alive, 1), await client.NextAsync());
    }

    [ContractFact]
    public async Task A_stream_in_chunks_of_none_comes_one_by_one()
    {
        using var client = await WithAsync("a", "b");
        await client.SendAsync(RoteraClient.Stream(Queue, 0, 0, 2));
        Assert.Equal(["a"], (await client.FrameAsync()).Texts);
        Assert.Equal(["b"], (await client.FrameAsync()).Texts);
    }

    [ContractFact]
    public async Task An_entry_that_a_Redis_client_appended_as_data_is_that_text_and_others_show_as_their_fields()
    {
        string[] entries = ["*2\r\n$4\r\ndata\r\n$5\r\nhello\r\n", "*2\r\n$4\r\nname\r\n$5\r\nhello\r\n", "*4\r\n$4\r\ndata\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n"];
        using var segment = new SegmentWriter();
        foreach (var entry in entries) segment.Add(new RecordFields { ContentType = ContentType.RespFields }, Encoding.UTF8.GetBytes(entry));
        await Door.Mesh.Ring(Name).AppendAsync(segment.Finish());
        using var client = await Door.ConnectAsync();
        Assert.Equal(["hello", entries[1], entries[2]], (await client.ReadAsync(Queue, 0, 10)).Texts);
    }
}
