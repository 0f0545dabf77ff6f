using Mesh.Hosting;
using Mesh.Hosting.Doors;
using Mesh.Hosting.Logs;
using Mesh.Standalone;
using Mesh.Standalone.Commands;

return args switch
{
    ["import-rot", var file, .. var options] when !file.StartsWith('-') => await HostProgram.RunAsync(ImportOptions.Table, options, each => ImportRot.RunAsync(file, each)),
    ["import-rot", ..] => await HostProgram.RunAsync(ImportOptions.Table, ["--help"], _ => Task.FromResult(ExitCode.BadOption)),
    ["import-pb", ..] when Files(args) is { Length: > 0 } files => await HostProgram.RunAsync(PbOptions.Import, args[(1 + files.Length)..], each => ImportPb.RunAsync(files, each)),
    ["import-pb", ..] => await HostProgram.RunAsync(PbOptions.Import, ["--help"], _ => Task.FromResult(ExitCode.BadOption)),
    ["export-pb", var folder, .. var options] when !folder.StartsWith('-') => await HostProgram.RunAsync(PbOptions.Export, options, each => ExportPb.RunAsync(folder, each)),
    ["export-pb", ..] => await HostProgram.RunAsync(PbOptions.Export, ["--help"], _ => Task.FromResult(ExitCode.BadOption)),
    ["rotera", .. var server] => await RoteraCommand.RunAsync(server),
    _ => await HostProgram.RunAsync(StandaloneOptions.Table, args, OpenAsync),
};

static string[] Files(string[] args) => [.. args.Skip(1).TakeWhile(each => !each.StartsWith('-'))];

static async Task<int> OpenAsync(StandaloneOptions options)
{
    var logs = HostLog.Create(options);
    var data = await EmbeddedStore.OpenAsync(options.Data, logs.CreateLogger("Mesh"));
    var host = await DoorHost.StartAsync(options, data.Mesh, data, logs);
    Console.Write(Banner.Write(options, host.Doors, DataPlace.Describe(options.Data)));
    return await host.RunAsync();
}
