using System.Text;
using Mesh.Addresses;
using Xunit;

namespace Mesh.Tests.Addresses;

/// <summary>Addresses: what they name, how they are written, and what is said of those that are none.</summary>
public sealed class StreamAddressTests
{
    [Theory]
    [InlineData("channel:acct/agent7", AddressKind.Channel, "acct", "/agent7")]
    [InlineData("channel:acct", AddressKind.Channel, "acct", null)]
    [InlineData("channel:acct/", AddressKind.Channel, "acct", "/")]
    [InlineData("channel:acct/a/b//c:d", AddressKind.Channel, "acct", "/a/b//c:d")]
    [InlineData("channel:/d", AddressKind.Channel, "", "/d")]
    [InlineData("queue:jobs", AddressKind.Queue, "jobs", null)]
    [InlineData("ring:55", AddressKind.Ring, "55", null)]
    [InlineData("ring:users/1:x", AddressKind.Ring, "users/1:x", null)]
    [InlineData("topic:metrics.cpu", AddressKind.Topic, "metrics.cpu", null)]
    [InlineData("topic:a/b", AddressKind.Topic, "a/b", null)]
    [InlineData("partition:events", AddressKind.Partition, "events", null)]
    [InlineData("room:lobby ☕", AddressKind.Room, "lobby ☕", null)]
    public void An_address_names_a_stream_or_a_key_of_one(string text, AddressKind kind, string name, string? key)
    {
        var address = StreamAddress.Parse(text);
        Assert.Equal((kind, name, key), (address.Kind, address.Name, address.Key));
        Assert.Equal(text, address.ToString());
        Assert.Equal(StreamAddress.Of(kind, name, key), address);
    }

    [Theory]
    [InlineData("", "no colon")]
    [InlineData("55", "no colon")]
    [InlineData("Ring:55", "lower case")]
    [InlineData("stream:55", "begins with 'stream'")]
    [InlineData(":55", "begins with ''")]
    [InlineData("ring:", "this one has none")]
    [InlineData("channel:", "this one has none")]
    public void What_is_no_address_is_refused_with_what_would_be_right(string text, string reason) => IsRefused(text, reason);

    [Fact]
    public void An_address_is_text() => IsRefused("ring:a\ud800", "surrogate pair at index 1");

    [Fact]
    public void A_name_has_a_bound_in_bytes()
    {
        Assert.True(StreamAddress.TryParse("ring:" + new string('é', StreamAddress.NameBytesMax / 2), out _, out _));
        Assert.False(StreamAddress.TryParse("ring:" + new string('é', (StreamAddress.NameBytesMax / 2) + 1), out _, out var fault));
        Assert.Contains("4096 bytes; this has 4098", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void No_error_text_grows_with_what_it_is_about() =>
        Assert.True(Assert.Throws<FormatException>(() => StreamAddress.Parse(new string('x', 100_000))).Message.Length < 300);

    [Theory]
    [InlineData(AddressKind.Ring, "a", "/k")]
    [InlineData(AddressKind.Channel, "a", "k")]
    [InlineData(AddressKind.Channel, "a/b", null)]
    [InlineData(AddressKind.Queue, "", null)]
    public void Names_that_no_address_could_say_are_refused(AddressKind kind, string name, string? key) =>
        Assert.Throws<ArgumentException>(() => StreamAddress.Of(kind, name, key));

    [Fact]
    public void Every_address_is_read_as_it_was_written_and_no_two_are_written_alike()
    {
        const int Seed = 7;
        var random = new Random(Seed);
        var written = new Dictionary<string, StreamAddress>();
        for (var i = 0; i < 20_000; i++)
        {
            var kind = (AddressKind)random.Next(6);
            var name = kind == AddressKind.Channel ? Text(random).Replace("/", "", StringComparison.Ordinal) : Text(random);
            var key = kind == AddressKind.Channel && random.Next(2) == 0 ? "/" + Text(random) : null;
            if (name.Length == 0 && key is null) continue;
            var address = StreamAddress.Of(kind, name, key);
            Assert.True(StreamAddress.Parse(address.ToString()) == address, $"{address} (seed {Seed})");
            Assert.True(written.TryAdd(address.ToString(), address) || written[address.ToString()] == address, $"{address} means two things (seed {Seed})");
        }
    }

    [Fact]
    public void No_text_makes_the_parser_throw()
    {
        var random = new Random(11);
        var words = new[] { "channel", "ring", "Topic", ":", "/", "", "\ud800", "\0", "☕" };
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ => words[random.Next(words.Length)]));
            if (StreamAddress.TryParse(text, out var address, out var fault)) Assert.Equal(text, address.ToString());
            else Assert.EndsWith(".", fault, StringComparison.Ordinal);
        }
    }

    private static void IsRefused(string text, string reason)
    {
        Assert.False(StreamAddress.TryParse(text, out var address, out var fault));
        Assert.Null(address);
        Assert.Contains(reason, fault, StringComparison.Ordinal);
        Assert.Equal(fault, Assert.Throws<FormatException>(() => StreamAddress.Parse(text)).Message);
    }

    private static string Text(Random random)
    {
        var text = new StringBuilder();
        for (var left = random.Next(6); left > 0; left--) text.Append("ab:/.%é☕ \u001f"[random.Next(10)]);
        return text.ToString();
    }
}
