using Mesh.Hosting;
using Mesh.Hosting.Doors;
using Mesh.Hosting.Logs;
using Mesh.Standalone;

return await HostProgram.RunAsync(StandaloneOptions.Table, args, OpenAsync);

static async Task<int> OpenAsync(StandaloneOptions options)
{
    var logs = HostLog.Create(options);
    var data = await EmbeddedStore.OpenAsync(options.Data, logs.CreateLogger("Mesh"));
    var host = await DoorHost.StartAsync(options, data.Mesh, data, logs);
    Console.Write(Banner.Write(options, host.Doors, DataPlace.Describe(options.Data)));
    return await host.RunAsync();
}
