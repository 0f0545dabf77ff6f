using Mesh.Testing;
using Mesh.Testing.Tools;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Rse;

/// <summary>A client that everybody has.</summary>
public abstract class CurlContract(Func<Task<RseDoor>> open) : DoorContract<RseDoor>(open)
{
    [ToolFact("curl", "curl")]
    public async Task Curl_posts_a_file_and_reads_it_back()
    {
        var file = Path.GetTempFileName();
        try
        {
            const string Text = "{\n\t\"Event\": \"Wake\",\n\t\"Data\": { \"n\": 2.50 }\n}";
            await File.WriteAllTextAsync(file, Text);
            Assert.Equal("201", await CurlAsync("/acct+42/agent=/", RseDoor.A, "--data-binary", $"@{file}", "-w", "%{http_code}"));
            Assert.Equal("204", await CurlAsync("/acct+42/agent=/", RseDoor.A, "-w", "%{http_code}"));
            var read = await CurlAsync("/acct+42/agent=/", RseDoor.B);
            Assert.StartsWith("{\"channel\":\"/acct+42/agent=/\",\"events\":[{\"id\":", read, StringComparison.Ordinal);
            Assert.EndsWith($",\"data\":{Text}}}]}}", read, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [ToolFact("curl", "curl")]
    public async Task Curl_polls_from_the_last_id()
    {
        for (var i = 0; i < 3; i++) Assert.Equal("", await CurlAsync("/c", RseDoor.A, "-d", $"[{i}]"));
        var first = await CurlAsync("/c?max-events=1", RseDoor.B);
        var id = first.Split("\"id\":")[1].Split(',')[0];
        var rest = await CurlAsync($"/c?last-known-id={id}&sort=-1", RseDoor.B);
        Assert.Matches("\"data\":\\[2\\].*\"data\":\\[1\\]", rest);
        Assert.DoesNotContain("\"data\":[0]", rest, StringComparison.Ordinal);
    }

    private Task<string> CurlAsync(string target, string userAgent, params string[] options)
    {
        Door.BeforePost();
        return Command.RunAsync(Path.GetTempPath(), "curl", ["-sS", "--max-time", "30", "-A", userAgent, "-H", $"X-Auth-Token: {RseDoor.Token}", .. options, Door.At(target)]);
    }
}
