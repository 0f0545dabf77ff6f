using Mesh.Hosting;
using Mesh.SiloHost;

return await HostProgram.RunAsync(SiloHostOptions.Table, args, options => SiloProcess.RunAsync(options));
