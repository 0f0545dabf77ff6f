using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Testing;
using Xunit;

namespace Mesh.Engine.Tests.Groups;

/// <summary>Records of a group on their way to the dead letters, when something comes in between.</summary>
public sealed class GroupDeadLetterTests : IAsyncLifetime
{
    private const string Group = "g";

    private static readonly StreamName Name = StreamName.Partition("orders");
    private static readonly StreamName Dead = StreamName.Queue("dead");
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ManualClock _clock = new();
    private readonly FaultyLogStore _store = new(new MemoryLogStore());
    private EmbeddedMesh _mesh = null!;

    private IPartition Log => _mesh.Partition(Name);

    public async Task InitializeAsync()
    {
        await StartAsync();
        await _mesh.Catalogue.CreateAsync(Dead, StreamOptions.Default, default);
        await Log.AppendAsync(Given.Segment("poison"));
        await Log.CreateGroupAsync(Group, GroupStart.Oldest, createStream: false);
        await Log.SetGroupOptionsAsync(Group, new GroupOptions { DeliveryCountMax = 1, DeadLetterQueue = Dead.Name });
        Assert.Equal(["poison"], await ClaimAsync());
        _clock.Advance(Minute);
    }

    public async Task DisposeAsync() => await _mesh.DisposeAsync();

    [Fact]
    public async Task A_move_that_fails_keeps_the_record_for_the_next_claim_and_takes_nothing_from_this_one()
    {
        await Log.AppendAsync(Given.Segment("good"));
        _store.Refused = (await _mesh.Catalogue.FindAsync(Dead))!.Number;
        Assert.Equal(["good"], await ClaimAsync());
        Assert.Equal(2, (await Log.PositionAsync(Group)).Pending);
        _store.Refused = null;
        Assert.Empty(await ClaimAsync());
        Assert.Equal(1, (await Log.PositionAsync(Group)).Pending);
        Assert.Equal(["poison"], await LettersAsync());
    }

    [Fact]
    public async Task A_move_cut_in_two_by_a_crash_is_made_once()
    {
        _store.Refused = (await _mesh.Catalogue.FindAsync(Name))!.Number;
        await Assert.ThrowsAnyAsync<Exception>(ClaimAsync);
        _store.Refused = null;
        await RestartAsync();
        Assert.Empty(await ClaimAsync());
        await RestartAsync();
        Assert.Empty(await ClaimAsync());
        Assert.Equal(["poison"], await LettersAsync());
        Assert.Equal(0, (await Log.PositionAsync(Group)).Pending);
    }

    [Fact]
    public async Task A_group_made_anew_under_the_name_moves_its_own_dead_letters()
    {
        Assert.Empty(await ClaimAsync());
        await Log.DeleteGroupAsync(Group);
        await RestartAsync();
        await Log.CreateGroupAsync(Group, GroupStart.Oldest, createStream: false);
        await Log.SetGroupOptionsAsync(Group, new GroupOptions { DeliveryCountMax = 1, DeadLetterQueue = Dead.Name });
        Assert.Equal(["poison"], await ClaimAsync());
        _clock.Advance(Minute);
        Assert.Empty(await ClaimAsync());
        Assert.Equal(["poison", "poison"], await LettersAsync());
    }

    private async Task<List<string>> ClaimAsync() => (await Log.ClaimAsync(new GroupClaim(Group, "one", 10, Minute))).Records.Bodies();

    private async Task<List<string>> LettersAsync() => (await _mesh.Queue(Dead).ListAsync(new QueueQuery())).Records.Bodies();

    private async Task RestartAsync()
    {
        await _mesh.DisposeAsync();
        await StartAsync();
    }

    private async Task StartAsync() => _mesh = await EmbeddedMesh.StartAsync(_store, clock: _clock);
}
