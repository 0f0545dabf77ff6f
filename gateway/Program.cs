using Mesh.Gateway;
using Mesh.Hosting;
using Mesh.Hosting.Doors;
using Mesh.Hosting.Logs;

return await HostProgram.RunAsync(GatewayOptions.Table, args, OpenAsync);

static async Task<int> OpenAsync(GatewayOptions options)
{
    try
    {
        var logs = HostLog.Create(options);
        var cluster = await ClusterConnection.OpenAsync(options, logs);
        var host = await DoorHost.StartAsync(options, cluster.Mesh, cluster, logs);
        Console.Write(Banner.Write(options, host.Doors, $"cluster {options.Cluster.ClusterId}, {DataPlace.Describe(options.Data)}"));
        return await host.RunAsync();
    }
    catch (NoSiloException reason)
    {
        await Console.Error.WriteLineAsync(reason.Message);
        return ExitCode.NoSilo;
    }
}
