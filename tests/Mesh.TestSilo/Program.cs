using System.Globalization;
using Mesh.Hosting;
using Mesh.SiloHost;
using Mesh.TestSilo;

// The first argument is the port where the test listens, the others are those of a silo.
return await HostProgram.RunAsync(SiloHostOptions.Table, args[1..], async options =>
{
    using var test = await TestControl.ConnectAsync(int.Parse(args[0], CultureInfo.InvariantCulture));
    return await SiloProcess.RunAsync(options, silo => test.Apply(silo, options));
});
