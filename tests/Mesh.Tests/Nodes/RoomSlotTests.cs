using System.Text;
using Xunit;

namespace Mesh.Tests.Nodes;

public sealed class RoomSlotTests
{
    /// <summary>Values that <c>CLUSTER KEYSLOT</c> of redis-server 7.0.15 gives.</summary>
    [Theory]
    [InlineData("123456789", 0x31C3)]
    [InlineData("foo", 12182)]
    [InlineData("", 0)]
    [InlineData("{foo}bar", 12182)]
    [InlineData("bar{foo}{baz}", 12182)]
    [InlineData("foo{}{bar}", 8363)]
    [InlineData("foo{{bar}}zap", 4015)]
    [InlineData("user1000{", 9621)]
    public void A_slot_is_as_redis_cluster_counts_it(string name, int slot) => Assert.Equal(slot, RoomSlot.Of(Encoding.UTF8.GetBytes(name)));
}
