using System.Text;
using Mesh.Orleans.Client;
using Mesh.Orleans.Rooms;
using Xunit;

namespace Mesh.Orleans.Tests;

/// <summary>How messages to a room become calls.</summary>
public sealed class RoomLineTests
{
    private static readonly CallBounds Bounds = new(BytesMax: 100, CallBytesMax: 1000, CallItemsMax: 3);
    private readonly SenderNumbers _numbers = new();
    private readonly List<string[]> _calls = [];
    private readonly TaskCompletionSource _open = new();

    [Fact]
    public async Task What_comes_in_one_turn_travels_in_one_call()
    {
        _open.SetResult();
        var line = new RoomLine(SendAsync, Bounds);
        PushTurn.Begin();
        List<ValueTask<int>> answers = [Add(line, "a"), Add(line, "bb"), Add(line, "")];
        Assert.Empty(_calls);
        PushTurn.End();
        Assert.Equal([1, 2, 0], await AllAsync(answers));
        Assert.Equal([["a", "bb", ""]], _calls);
    }

    [Fact]
    public async Task What_comes_while_a_call_is_under_way_travels_in_the_next_ones_up_to_their_bound()
    {
        var line = new RoomLine(SendAsync, Bounds);
        PushTurn.Begin();
        var answers = Enumerable.Range(0, 3).Select(i => Add(line, $"{i}")).ToList();
        PushTurn.End();
        answers.AddRange(Enumerable.Range(3, 4).Select(i => Add(line, $"{i}")));
        _open.SetResult();
        await AllAsync(answers);
        Assert.Equal([["0", "1", "2"], ["3", "4", "5"], ["6"]], _calls);
    }

    [Fact]
    public async Task Too_many_bytes_are_refused_until_those_before_are_answered()
    {
        var line = new RoomLine(SendAsync, Bounds);
        var large = new string('x', 60);
        var first = Add(line, large);
        Assert.Null(line.TryAdd(Encoding.UTF8.GetBytes(large)));
        _open.SetResult();
        Assert.Equal(60, await first);
        ValueTask<int>? next;
        do
        {
            next = line.TryAdd(Encoding.UTF8.GetBytes(large)); // the call is done a moment after it is answered
        }
        while (next is null);
        Assert.Equal(60, await next.Value);
    }

    [Fact]
    public async Task A_call_that_fails_is_told_to_all_of_it_and_to_no_other()
    {
        var line = new RoomLine(batch => batch.Count == 2 ? throw new StorageUnavailableException("No silo.") : SendAsync(batch), Bounds);
        _open.SetResult();
        PushTurn.Begin();
        var answers = new[] { Add(line, "a"), Add(line, "b") };
        PushTurn.End();
        foreach (var answer in answers) await Assert.ThrowsAsync<StorageUnavailableException>(async () => await answer);
        Assert.Equal(1, await Add(line, "c"));
    }

    private static ValueTask<int> Add(RoomLine line, string message) => line.TryAdd(Encoding.UTF8.GetBytes(message))!.Value;

    private static async Task<List<int>> AllAsync(List<ValueTask<int>> answers)
    {
        var all = new List<int>();
        foreach (var answer in answers) all.Add(await answer);
        return all;
    }

    /// <summary>Each message is answered with its length.</summary>
    private async ValueTask<int[]> SendAsync(MessageBatch batch)
    {
        await _open.Task;
        var messages = Messages(batch.ToPosts(_numbers));
        _calls.Add(messages);
        return Array.ConvertAll(messages, message => message.Length);
    }

    private static string[] Messages(RoomPosts posts)
    {
        var messages = new string[posts.Count];
        var rest = posts.Bytes.Span;
        for (var i = 0; i < messages.Length; i++) messages[i] = Encoding.UTF8.GetString(RoomPosts.Next(ref rest));
        return messages;
    }
}
