using System.Runtime.CompilerServices;

namespace Mesh.Protocols.Grpc.Tests.Protobus;

/// <summary>Leaves the test runner's context: from then on what a call sets going has gone as far as it can when the call returns.</summary>
internal static class Inline
{
    public static ConfiguredTaskAwaitable Continuations => Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
}
