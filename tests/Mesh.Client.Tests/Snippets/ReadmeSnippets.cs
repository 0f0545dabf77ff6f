namespace Mesh.Client.Tests.Snippets;

/// <summary>The README's snippets, compiled and run: each region between two comments stands there word for word.</summary>
internal static class ReadmeSnippets
{
    public static MeshClient Connect()
    {
        // snippet
        var client = MeshClient.Connect("http://127.0.0.1:42000");
        // end
        return client;
    }

    public static async Task AppendAndReadAsync(MeshClient client)
    {
        // snippet
        var readings = client.Stream("ring:oslo");
        await Task.WhenAll(readings.AppendAsync(NewRecord.OfText("20")), readings.AppendAsync(NewRecord.OfText("21"))); // durable when answered

        await foreach (var record in readings.ReadAsync(ReadStart.Oldest))
            Console.WriteLine($"{record.Sequence} {record.Time:O} {record.Text}");
        // end
    }

    public static async Task TailAsync(MeshClient client, CancellationToken stop)
    {
        // snippet
        await foreach (var record in client.Stream("channel:weather").TailAsync(ReadStart.Oldest, new RecordFilter { KeyPattern = "/no/*" }, cancel: stop))
            Console.WriteLine($"{record.Key}: {record.Text}");
        // end
    }

    public static async Task WorkAsync(MeshClient client, CancellationToken stop)
    {
        // snippet
        var jobs = client.Stream("queue:jobs");
        await jobs.CreateAsync(new StreamOptions { DeliveryCountMax = 3, DeadLetterQueue = "dead" });
        await jobs.AppendAsync(NewRecord.OfJson(new { Resize = "cat.png" }));

        while (await jobs.ClaimAsync(limit: 10, new ClaimOptions { VisibilityTimeout = TimeSpan.FromMinutes(1) }, stop) is { } claim)
        {
            foreach (var job in claim.Records) Console.WriteLine(job.Text);
            await claim.AckAsync();
        }
        // end
    }

    public static async Task ShareAsync(MeshClient client)
    {
        // snippet
        var workers = client.Stream("ring:oslo").Group("workers");
        await workers.CreateAsync(ReadStart.Oldest);
        while (await workers.ClaimAsync(consumer: "worker-1") is { } share) await share.AckAsync();

        var reply = client.Stream("queue:questions").RequestAsync(NewRecord.OfText("how warm?"), TimeSpan.FromSeconds(30));
        if (await client.Stream("queue:questions").ClaimAsync(options: new ClaimOptions { Wait = TimeSpan.FromSeconds(10) }) is { } question)
            await client.ReplyAsync(question.Records[0], "20 C"u8.ToArray());
        Console.WriteLine(System.Text.Encoding.UTF8.GetString((await reply).Span));
        // end
    }
}
