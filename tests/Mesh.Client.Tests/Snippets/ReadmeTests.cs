using System.Text.RegularExpressions;
using Mesh.Protocols.Grpc.Tests.Service;

namespace Mesh.Client.Tests.Snippets;

/// <summary>What the README shows is what compiles and runs.</summary>
public sealed class ReadmeTests
{
    private const string Section = "### .NET, with Mesh.Client";

    [Fact]
    public async Task The_snippets_of_the_readme_are_the_compiled_ones()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "README.md"));
        var from = readme.IndexOf(Section, StringComparison.Ordinal);
        Assert.True(from >= 0, $"The README has no section '{Section}'.");
        var to = readme.IndexOf("\n### ", from + 1, StringComparison.Ordinal);
        var shown = Regex.Matches(readme[from..to], "```csharp\n(.*?)```", RegexOptions.Singleline).Select(match => match.Groups[1].Value.TrimEnd()).ToList();
        var compiled = Compiled(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Snippets", "ReadmeSnippets.cs")));
        Assert.NotEmpty(compiled);
        Assert.Equal(compiled, shown);
    }

    [Fact]
    public async Task The_snippets_of_the_readme_run()
    {
        await using (ReadmeSnippets.Connect())
        {
        }

        await using var host = await GrpcHost.StartAsync();
        await using var client = MeshClient.Connect(host.Address.ToString());
        await ReadmeSnippets.AppendAndReadAsync(client);
        Assert.Equal(["20", "21"], (await client.Stream("ring:oslo").ReadAsync().ToListAsync()).Select(record => record.Text));
        await ReadmeSnippets.WorkAsync(client, CancellationToken.None);
        Assert.Equal((0, 0), await client.Stream("queue:jobs").DescribeAsync() is { } jobs ? (jobs.Free, jobs.Claimed) : (-1, -1));
        await ReadmeSnippets.ShareAsync(client);
        Assert.Equal(0, (await client.Stream("ring:oslo").Group("workers").DescribeAsync())?.Lag);
        using var stop = new CancellationTokenSource();
        var tailing = ReadmeSnippets.TailAsync(client, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => tailing);
    }

    /// <summary>The regions, without the indentation of the methods that they stand in.</summary>
    private static List<string> Compiled(string source) =>
    [
        .. Regex.Matches(source, " +// snippet\n(.*?)\n +// end\n", RegexOptions.Singleline)
            .Select(match => string.Join('\n', match.Groups[1].Value.Split('\n').Select(line => line.Length >= 8 ? line[8..] : line.TrimStart()))),
    ];
}
