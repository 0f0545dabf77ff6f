using System.Globalization;
using Mesh.Testing.Faults;
using Xunit;

namespace Mesh.Tests.Faults;

/// <summary>The checker of fault tests finds each kind of fault, and nothing in a history without one.</summary>
public sealed class HistoryTests
{
    private readonly History _history = new();
    private readonly List<StoredMessage> _stored = [];

    [Fact]
    public void A_history_without_faults_is_clean()
    {
        Acknowledged(1, 1);
        Acknowledged(2, 2);
        Store(1, 1);
        Store(2, 2);
        var reading = _history.Reading("s");
        reading.Saw(Message(1));
        reading.Saw(Message(2));
        var findings = Check();
        Assert.True(findings.IsClean, findings.ToString());
        Assert.Equal((2, 2, 0), (findings.Sent, findings.Acknowledged, findings.Unknown));
    }

    [Theory]
    [InlineData(1, "s p:1, of the beginning")]
    [InlineData(2, "s p:2, of the middle")]
    [InlineData(3, "s p:3, of the end")]
    public void What_was_acknowledged_and_is_not_stored_is_lost(int lost, string finding)
    {
        var sequence = 0;
        for (var number = 1; number <= 3; number++)
        {
            Acknowledged(number);
            if (number != lost) Store(++sequence, number);
        }

        Assert.Equal(finding, Assert.Single(Check().Lost));
    }

    [Fact]
    public void What_stands_twice_is_doubled()
    {
        Acknowledged(1);
        Store(1, 1);
        Store(2, 1);
        Assert.Equal("s p:1 at 1 and 2", Assert.Single(Check().Doubled));
    }

    [Fact]
    public void One_producers_messages_in_another_order_are_reordered()
    {
        Acknowledged(1);
        Acknowledged(2);
        Store(1, 2);
        Store(2, 1);
        Assert.Equal("s p:1 at 2, after number 2", Assert.Single(Check().Reordered));
    }

    [Fact]
    public void What_was_not_answered_may_be_stored_late()
    {
        _history.Sending("s", Message(1));
        Acknowledged(2);
        Store(1, 2);
        Store(2, 1);
        Assert.True(Check().IsClean);
    }

    [Fact]
    public void A_sequence_at_which_nothing_stands_is_a_gap()
    {
        Acknowledged(1);
        Acknowledged(2);
        Store(1, 1);
        Store(3, 2);
        Assert.Equal("s between 1 and 3", Assert.Single(Check().Gaps));
    }

    [Fact]
    public void Another_sequence_than_the_one_told_is_found()
    {
        Acknowledged(1, sequence: 7);
        Store(1, 1);
        Assert.Equal("s p:1 acknowledged at 7, stored at 1", Assert.Single(Check().Moved));
    }

    [Fact]
    public void What_was_refused_must_not_be_stored_and_what_was_not_answered_may()
    {
        _history.Sending("s", Message(1)).Refused();
        _history.Sending("s", Message(2));
        _history.Sending("s", Message(3));
        Store(1, 1);
        Store(2, 2);
        var findings = Check();
        Assert.Equal("s p:1 at 1", Assert.Single(findings.Ghosts));
        Assert.Equal((2, 1), (findings.Unknown, findings.UnknownStored));
    }

    [Theory]
    [InlineData("1 2 2", "s p:2: 2 was read after 2")]
    [InlineData("1 3", "s p:3: 3 was read after 1")]
    [InlineData("2 1", "s p:1: 1 was read after 2")]
    [InlineData("1 9", "s p:9 was read and is not stored")]
    public void A_reader_that_sees_twice_misses_or_goes_back_is_found(string seen, string finding)
    {
        for (var number = 1; number <= 3; number++)
        {
            Acknowledged(number);
            Store(number, number);
        }

        var reading = _history.Reading("s");
        foreach (var number in seen.Split(' ')) reading.Saw(Message(int.Parse(number, CultureInfo.InvariantCulture)));
        Assert.Equal(finding, Assert.Single(Check().Stale));
    }

    [Fact]
    public void Recovery_is_from_a_fault_to_the_answer_of_what_was_sent_after_it()
    {
        Acknowledged(1);
        _history.Fault("kill");
        Acknowledged(2);
        _history.Fault("last kill");
        Store(1, 1);
        Store(2, 2);
        var recoveries = Check().Recoveries;
        Assert.NotNull(recoveries[0].Time);
        Assert.Null(recoveries[1].Time);
    }

    private static MessageId Message(int number) => new("p", number);

    private void Acknowledged(int number, long? sequence = null) => _history.Sending("s", Message(number)).Acknowledged(sequence);

    private void Store(long sequence, int number) => _stored.Add(new StoredMessage(sequence, Message(number)));

    private Findings Check() => _history.Check(new Dictionary<string, IReadOnlyList<StoredMessage>> { ["s"] = _stored });
}
