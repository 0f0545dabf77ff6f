using Mesh.Embedded;
using Mesh.Testing;

namespace Mesh.Engine.Tests.Streams;

/// <summary>Lets a host's maintenance, which goes on beside the test, do what is waited for.</summary>
internal static class Maintaining
{
    private static readonly StreamName Other = StreamName.Ring("other");

    /// <summary>Moves the clock that maintenance goes by, and appends to a ring of its own what maintenance commits with, until something is so.</summary>
    /// <param name="mesh">Whose maintenance.</param>
    /// <param name="clock">Its clock.</param>
    /// <param name="isTrue">Asks.</param>
    /// <param name="expectation">What is waited for, in a few words.</param>
    public static Task UntilAsync(EmbeddedMesh mesh, ManualClock clock, Func<Task<bool>> isTrue, string expectation)
    {
        var other = mesh.Ring(Other);
        return Eventually.TrueAsync(
            async () =>
            {
                clock.Advance(TimeSpan.FromSeconds(5));
                await other.AppendAsync(Given.Segment("x"));
                return await isTrue();
            },
            expectation,
            pause: TimeSpan.FromMilliseconds(1));
    }
}
