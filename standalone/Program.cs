using Mesh.Hosting;
using Mesh.Hosting.Doors;
using Mesh.Hosting.Logs;
using Mesh.Standalone;
using Mesh.Standalone.Commands;

return args switch
{
    ["import-rot", var file, .. var options] when !file.StartsWith('-') => await HostProgram.RunAsync(ImportOptions.Table, options, each => ImportRot.RunAsync(file, each)),
    ["import-rot", ..] => await HostProgram.RunAsync(ImportOptions.Table, ["--help"], _ => Task.FromResult(ExitCode.BadOption)),
    ["rotera", .. var server] => await RoteraCommand.RunAsync(server),
    _ => await HostProgram.RunAsync(StandaloneOptions.Table, args, OpenAsync),
};

static async Task<int> OpenAsync(StandaloneOptions options)
{
    var logs = HostLog.Create(options);
    var data = await EmbeddedStore.OpenAsync(options.Data, logs.CreateLogger("Mesh"));
    var host = await DoorHost.StartAsync(options, data.Mesh, data, logs);
    Console.Write(Banner.Write(options, host.Doors, DataPlace.Describe(options.Data)));
    return await host.RunAsync();
}
