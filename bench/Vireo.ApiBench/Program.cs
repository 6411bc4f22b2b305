using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Vireo.ApiBench;

var url = new Option<string?>("--url") { Description = "The server, for example https://127.0.0.1:6443." };
var token = new Option<string?>("--token") { Description = "A bearer token." };
var ca = new Option<FileInfo?>("--ca")
{
    Description = "The certificate of the server's authority; without it any is taken.",
};
var kubeconfig = new Option<FileInfo?>("--kubeconfig") { Description = "Address and identity, instead of the three." };
var pids = new Option<string>("--pids")
{
    Description = "The server's processes on this machine, apart by commas: their CPU time and memory are told.",
    DefaultValueFactory = _ => "",
};
var objects = new Option<int>("--objects")
{
    Description = "VirtualMachines that are stored at the end of the creates.",
    DefaultValueFactory = _ => 10_000,
};
var seconds = new Option<double>("--seconds")
{
    Description = "How long each rate of reads and patches is measured.",
    DefaultValueFactory = _ => 5,
};
var readyMs = new Option<double?>("--ready-ms") { Description = "What the start took, to be told with the rest." };
var definition = new Option<FileInfo?>("--definition")
{
    Description = "Installs the CustomResourceDefinition in this file first, on a server that needs one.",
};
var saveDefinition = new Option<FileInfo?>("--save-definition")
{
    Description = "Writes a CustomResourceDefinition made of this server's schema of VirtualMachine.",
};
var json = new Option<FileInfo?>("--json") { Description = "A file that gets the figures." };

var run = new Command("run", "Drives one server and prints what it did.")
{
    url,
    token,
    ca,
    kubeconfig,
    pids,
    objects,
    seconds,
    readyMs,
    definition,
    saveDefinition,
    json,
};
run.SetAction(
    async (parse, ct) =>
    {
        using var target = Target.Of(
            parse.GetValue(kubeconfig)?.FullName,
            parse.GetValue(url) is { } address ? new Uri(address) : null,
            parse.GetValue(token),
            parse.GetValue(ca)?.FullName,
            parse.GetRequiredValue(pids)
        );
        var measures = new Measures();
        if (parse.GetValue(readyMs) is { } ready)
        {
            measures.Add("start to /readyz, ms", ready);
        }

        using var setup = target.Client();
        if (parse.GetValue(saveDefinition) is { } save)
        {
            await File.WriteAllTextAsync(save.FullName, await Definition.FromAsync(setup, ct), ct);
        }

        if (parse.GetValue(definition) is { } install)
        {
            await Definition.InstallAsync(setup, await File.ReadAllTextAsync(install.FullName, ct), ct);
        }

        var load = new Load(target, measures, TimeSpan.FromSeconds(parse.GetValue(seconds)));
        await load.RunAsync(parse.GetValue(objects), ct);
        if (parse.GetValue(json) is { } file)
        {
            await File.WriteAllTextAsync(file.FullName, measures.ToJson().ToJsonString(), ct);
        }
    }
);

var ours = new Argument<FileInfo>("ours") { Description = "The figures of Vireo." };
var peer = new Argument<FileInfo>("peer") { Description = "The figures of the peer." };
var compare = new Command("compare", "Prints two servers' figures side by side, with the ratio and the goal.")
{
    ours,
    peer,
};
compare.SetAction(parse => Comparison.Print(Read(parse.GetRequiredValue(ours)), Read(parse.GetRequiredValue(peer))));

var root = new RootCommand("Measures Kubernetes API servers; see docs/performance.md.") { run, compare };
return await root.Parse(args).InvokeAsync();

static JsonObject Read(FileInfo file) =>
    JsonNode.Parse(File.ReadAllText(file.FullName))?.AsObject()
    ?? throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{file} holds no figures."));
