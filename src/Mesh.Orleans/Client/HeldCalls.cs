namespace Mesh.Orleans.Client;

/// <summary>Takes the hold that a call is made under to the grain, beside the call.</summary>
internal static class HeldCalls
{
    private const string Key = "mesh-hold";

    /// <summary>In a grain: the hold that it is called under; null for none.</summary>
    public static StreamHold? Hold => RequestContext.Get(Key) is Guid id ? new StreamHold(id) : null;

    /// <summary>In a client: what this method calls from here on is called under the flow's hold, if there is one.</summary>
    public static void Mark()
    {
        if (StreamHold.Current is { } hold) RequestContext.Set(Key, hold.Id);
    }
}
