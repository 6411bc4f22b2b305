using System.CommandLine;
using Vireo.Bench;

var vireo = new Option<FileInfo>("--vireo") { Description = "The program under test.", Required = true };
var image = new Option<DirectoryInfo>("--image")
{
    Description = "The guests' image, an OCI layout with vireo/bench:v1 in it.",
    Required = true,
};
var json = new Option<FileInfo?>("--json") { Description = "A file that gets the figures as JSON." };
var vms = new Option<int>("--vms") { Description = "VMs to start.", DefaultValueFactory = _ => 20 };
var starts = new Option<int>("--starts")
{
    Description = "Starts of the program, cold and warm each.",
    DefaultValueFactory = _ => 5,
};
var reboots = new Option<int>("--reboots")
{
    Description = "Reboots from inside a guest.",
    DefaultValueFactory = _ => 10,
};
var idle = new Option<int>("--idle-seconds")
{
    Description = "How long an idle program is watched.",
    DefaultValueFactory = _ => 30,
};
var transition = new Option<int>("--transition")
{
    Description = "Stopped VMs that are moved to another machine type.",
    DefaultValueFactory = _ => 10_000,
};
var onlyTransition = new Option<bool>("--only-transition") { Description = "Nothing but that." };
var reevaluation = new Option<int>("--reevaluation")
{
    Description = "Running VMs, simulated, that are looked at anew after a change of the configuration.",
    DefaultValueFactory = _ => 10_000,
};
var onlyReevaluation = new Option<bool>("--only-reevaluation") { Description = "Nothing but that." };
var linux = new Option<DirectoryInfo>("--linux")
{
    Description = "The image of a Linux guest, an OCI layout with vireo/tiny-guest:v1 in it.",
    Required = true,
};
var plugs = new Option<int>("--plugs")
{
    Description = "How often a running guest is given a vCPU, and memory.",
    DefaultValueFactory = _ => 10,
};
var onlyPlugs = new Option<bool>("--only-plugs") { Description = "Nothing but that." };
var migrations = new Option<int>("--migrations")
{
    Description = "Moves of a guest between two hosts; with any, nothing else is measured.",
};
var root = new RootCommand("Measures Vireo on this machine; see docs/performance.md.")
{
    vireo,
    image,
    json,
    vms,
    starts,
    reboots,
    idle,
    transition,
    onlyTransition,
    reevaluation,
    onlyReevaluation,
    linux,
    plugs,
    onlyPlugs,
    migrations,
};
root.SetAction(
    async (parse, ct) =>
    {
        var plan = new Plan(
            parse.GetRequiredValue(vireo).FullName,
            parse.GetRequiredValue(image).FullName,
            parse.GetValue(vms),
            parse.GetValue(starts),
            parse.GetValue(reboots),
            TimeSpan.FromSeconds(parse.GetValue(idle))
        )
        {
            Transition = parse.GetValue(transition),
            OnlyTransition = parse.GetValue(onlyTransition),
            Reevaluation = parse.GetValue(reevaluation),
            OnlyReevaluation = parse.GetValue(onlyReevaluation),
            LinuxImage = parse.GetRequiredValue(linux).FullName,
            Plugs = parse.GetValue(plugs),
            OnlyPlugs = parse.GetValue(onlyPlugs),
            Migrations = parse.GetValue(migrations),
        };
        var machine = Machine.Describe();
        var results = await Run.AllAsync(plan, ct);
        Report.Print(machine, results, Console.Out);
        if (parse.GetValue(json) is { } file)
        {
            await File.WriteAllTextAsync(file.FullName, Report.ToJson(machine, results), ct);
        }
    }
);
return await root.Parse(args).InvokeAsync();
