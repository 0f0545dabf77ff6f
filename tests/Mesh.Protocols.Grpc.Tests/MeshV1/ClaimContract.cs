using Google.Protobuf.WellKnownTypes;
using Mesh.Protocols.Grpc.Tests.Service;
using Mesh.Testing;
using Mesh.Testing.Postgres;

namespace Mesh.Protocols.Grpc.Tests.MeshV1;

/// <summary>Queues through mesh.v1.</summary>
public abstract class ClaimContract(Func<Task<GrpcDoor>> open) : DoorContract<GrpcDoor>(open)
{
    private const string Queue = "queue:jobs";

    [ContractFact]
    public async Task Records_are_claimed_by_one_and_gone_when_they_are_acknowledged()
    {
        await Door.AppendAsync(Queue, "a", "b", "c");
        var one = await ClaimAsync(2);
        Assert.Equal(["a", "b"], one.Records.Bodies());
        Assert.All(one.Records, record => Assert.Equal(1, record.DeliveryCount));
        var other = await ClaimAsync(2);
        Assert.Equal(["c"], other.Records.Bodies());
        Assert.Equal("", (await ClaimAsync(1)).ClaimId);
        Assert.Equal([V1.Ack.Types.Outcome.Done, V1.Ack.Types.Outcome.HeldByOther], await AckAsync(one.ClaimId, 1, 3));
        Assert.Equal([V1.Ack.Types.Outcome.Done], await AckAsync(one.ClaimId));
        Assert.Equal([V1.Ack.Types.Outcome.ClaimExpired], await AckAsync(one.ClaimId, 3));
        Assert.Equal([V1.Ack.Types.Outcome.Done], await AckAsync(other.ClaimId));
        Assert.Equal("", (await ClaimAsync(1)).ClaimId);
    }

    [ContractFact]
    public async Task What_is_released_can_be_claimed_again_and_counts()
    {
        await Door.AppendAsync(Queue, "a");
        var first = await ClaimAsync(1);
        await Door.CallAsync("Release", new V1.ReleaseRequest { Stream = Queue, ClaimId = first.ClaimId }, V1.ReleaseResponse.Parser);
        var second = await ClaimAsync(1);
        Assert.NotEqual(first.ClaimId, second.ClaimId);
        Assert.Equal(2, Assert.Single(second.Records).DeliveryCount);
        var extend = new V1.ExtendRequest { Stream = Queue, ClaimId = second.ClaimId, VisibilityTimeout = Duration.FromTimeSpan(TimeSpan.FromHours(1)) };
        await Door.CallAsync("Extend", extend, V1.ExtendResponse.Parser);
        extend.ClaimId = first.ClaimId;
        Assert.Equal(5, (await Door.RefusedAsync("Extend", extend)).Code);
    }

    [ContractFact]
    public async Task A_claim_waits_for_a_record()
    {
        var claiming = Door.CallAsync("Claim", new V1.ClaimRequest { Stream = Queue, Wait = Duration.FromTimeSpan(TimeSpan.FromMinutes(1)) }, V1.ClaimResponse.Parser);
        await Door.AppendAsync(Queue, "a");
        Assert.Equal(["a"], (await claiming).Records.Bodies());
    }

    [ContractFact]
    public async Task A_claim_that_waits_in_vain_is_answered_with_nothing()
    {
        var claim = await Door.CallAsync("Claim", new V1.ClaimRequest { Stream = Queue, Wait = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(20)) }, V1.ClaimResponse.Parser);
        Assert.Equal(new V1.ClaimResponse(), claim);
    }

    [ContractFact]
    public async Task What_is_delivered_too_often_lies_among_the_dead_letters_and_goes_back_once()
    {
        var options = new V1.StreamOptions { DeliveryCountMax = 1, DeadLetterQueue = "dead" };
        await Door.CallAsync("CreateStream", new V1.CreateStreamRequest { Stream = Queue, Options = options }, V1.CreateStreamResponse.Parser);
        await Door.AppendAsync(Queue, "a", "b");
        await Door.AppendAsync("queue:dead", "not theirs");
        var claim = await ClaimAsync(2);
        await Door.CallAsync("Release", new V1.ReleaseRequest { Stream = Queue, ClaimId = claim.ClaimId }, V1.ReleaseResponse.Parser);
        Assert.Equal("", (await ClaimAsync(2)).ClaimId);

        var letters = await LettersAsync();
        Assert.Equal(["a", "b"], letters.Records.Bodies());
        Assert.Equal("queue:dead", letters.DeadLetterQueue);
        var redrive = new V1.RedriveRequest { Stream = Queue, Sequences = { letters.Records[1].Sequence } };
        Assert.Equal(1, (await Door.CallAsync("Redrive", redrive, V1.RedriveResponse.Parser)).Moved);
        Assert.Equal(0, (await Door.CallAsync("Redrive", redrive, V1.RedriveResponse.Parser)).Moved);
        Assert.Equal(["b"], (await ClaimAsync(2)).Records.Bodies());
        Assert.Equal(1, (await Door.CallAsync("Redrive", new V1.RedriveRequest { Stream = Queue }, V1.RedriveResponse.Parser)).Moved);
        Assert.Equal(["a"], (await ClaimAsync(2)).Records.Bodies());
        Assert.Empty((await LettersAsync()).Records);
    }

    public static TheoryData<string, object, int, string> Mistakes => new()
    {
        { "Claim", new V1.ClaimRequest { Stream = "channel:c" }, 3, "group is missing" },
        { "Claim", new V1.ClaimRequest { Stream = "channel:c", Group = "g" }, 3, "consumer is missing" },
        { "Claim", new V1.ClaimRequest { Stream = Queue, Group = "g" }, 3, "for all" },
        { "Claim", new V1.ClaimRequest { Stream = Queue, Limit = 1001 }, 3, "1001" },
        { "Claim", new V1.ClaimRequest { Stream = Queue, VisibilityTimeout = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(999)) }, 3, "visibility_timeout" },
        { "Claim", new V1.ClaimRequest { Stream = Queue, Wait = Duration.FromTimeSpan(TimeSpan.FromMinutes(6)) }, 3, "wait" },
        { "Ack", new V1.AckRequest { Stream = Queue, ClaimId = "x" }, 3, "32 hexadecimal digits" },
        { "Ack", new V1.AckRequest { Stream = Queue, ClaimId = "0123456789abcdef0123456789abcdef" }, 5, "claim anew" },
        { "DeadLetters", new V1.DeadLettersRequest { Stream = Queue }, 5, "does not exist" },
        { "Redrive", new V1.RedriveRequest { Stream = "ring:r" }, 3, "only queues" },
        { "Redrive", new V1.RedriveRequest { Stream = Queue, Ttl = new Duration { Seconds = -1 } }, 3, "ttl" },
    };

    [ContractTheory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_is_named(string method, object request, int code, string what)
    {
        var refused = await Door.RefusedAsync(method, (Google.Protobuf.IMessage)request);
        Assert.Equal(code, refused.Code);
        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task A_queue_without_a_queue_of_dead_letters_says_what_it_lacks()
    {
        await Door.AppendAsync(Queue, "a");
        var refused = await Door.RefusedAsync("DeadLetters", new V1.DeadLettersRequest { Stream = Queue });
        Assert.Equal(9, refused.Code);
        Assert.Contains("dead_letter_queue", refused.Message, StringComparison.Ordinal);
    }

    private Task<V1.DeadLettersResponse> LettersAsync() => Door.CallAsync("DeadLetters", new V1.DeadLettersRequest { Stream = Queue }, V1.DeadLettersResponse.Parser);

    private Task<V1.ClaimResponse> ClaimAsync(int limit) => Door.CallAsync("Claim", new V1.ClaimRequest { Stream = Queue, Limit = limit }, V1.ClaimResponse.Parser);

    private async Task<V1.Ack.Types.Outcome[]> AckAsync(string claim, params long[] sequences)
    {
        var answer = await Door.CallAsync("Ack", new V1.AckRequest { Stream = Queue, ClaimId = claim, Sequences = { sequences } }, V1.AckResponse.Parser);
        return [.. answer.Acks.Select(ack => ack.Outcome)];
    }
}
