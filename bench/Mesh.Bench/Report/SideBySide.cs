namespace Mesh.Bench.Report;

/// <summary>Runs one test on several servers in turns, so that what the machine does meanwhile meets them all.</summary>
internal static class SideBySide
{
    /// <param name="table">Gets a row: the test, each server's samples, and each further server's ratio to the first.</param>
    /// <param name="test">Its name.</param>
    /// <param name="runs">Turns.</param>
    /// <param name="servers">One measurement each; the first is the peer.</param>
    public static async Task RunAsync(Table table, string test, int runs, params Func<Task<double>>[] servers)
    {
        var values = servers.Select(_ => new List<double>()).ToArray();
        for (var run = 0; run < runs; run++)
            for (var i = 0; i < servers.Length; i++) values[i].Add(await servers[i]());
        table.Row([test, .. Cells([.. values.Select(each => new Samples(each))])]);
    }

    /// <summary>Each server's samples, then each further server's ratio to the first.</summary>
    public static IEnumerable<string> Cells(Samples[] servers) =>
        [.. servers.Select(each => each.ToString()), .. servers.Skip(1).Select(each => each.Against(servers[0]).ToString())];
}
