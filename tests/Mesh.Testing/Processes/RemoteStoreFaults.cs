using Mesh.Testing.Storage;

namespace Mesh.Testing.Processes;

/// <summary>What goes wrong with a store as the test in another process says. Thread-safe.</summary>
/// <param name="test">Leads there.</param>
/// <param name="store">The pool's uri; empty for the host's own store.</param>
public sealed class RemoteStoreFaults(LineCalls test, string store) : IStoreFaults
{
    public async ValueTask ReachAsync() => await AskAsync(ControlVerb.Reach);

    public async ValueTask<CommitFault> BeginCommitAsync() => Enum.Parse<CommitFault>(await AskAsync(ControlVerb.Begin));

    public async ValueTask EndCommitAsync() => await AskAsync(ControlVerb.End);

    /// <summary>The other end: answers what a silo asks of a store.</summary>
    /// <param name="faults">Of the store.</param>
    /// <param name="verb">What is asked.</param>
    public static async ValueTask<string> AnswerAsync(IStoreFaults faults, string verb)
    {
        try
        {
            switch (verb)
            {
                case ControlVerb.Reach:
                    await faults.ReachAsync();
                    return "";
                case ControlVerb.Begin: return (await faults.BeginCommitAsync()).ToString();
                case ControlVerb.End:
                    await faults.EndCommitAsync();
                    return "";
                default: throw new ArgumentException($"Nothing of a store is called {verb}.", nameof(verb));
            }
        }
        catch (StorageUnavailableException)
        {
            return ControlVerb.Away;
        }
    }

    private async Task<string> AskAsync(string verb) =>
        await test.CallAsync(verb, store) is var answer && answer != ControlVerb.Away ? answer : throw new StorageUnavailableException("The test has taken the database away.");
}
