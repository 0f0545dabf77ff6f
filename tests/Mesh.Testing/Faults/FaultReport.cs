namespace Mesh.Testing.Faults;

/// <summary>What a run under faults showed.</summary>
/// <param name="Findings">Of the logs.</param>
/// <param name="HandedOutAgain">Messages claimed after their deletion was answered.</param>
/// <param name="NeverHandedOut">Messages acknowledged to their producer that no consumer was ever handed and that are not there any more. (A claim whose answer was lost holds its messages until it expires.)</param>
public sealed record FaultReport(Findings Findings, IReadOnlyList<string> HandedOutAgain, IReadOnlyList<string> NeverHandedOut)
{
    public bool IsClean => Findings.IsClean && HandedOutAgain.Count == 0 && NeverHandedOut.Count == 0;

    public override string ToString() => $"{Findings}handed out again: {string.Join(", ", HandedOutAgain)}; never handed out: {string.Join(", ", NeverHandedOut)}";
}
