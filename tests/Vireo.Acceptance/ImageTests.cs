using System.Text;
using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>Disks from container images: the local store, registries, and what goes wrong with them.</summary>
public sealed class ImageTests(VireoHost host)
{
    [Fact]
    public async Task An_image_is_pulled_from_a_registry_and_is_there_when_the_registry_is_not()
    {
        await using var registry = await Registry.StartAsync(host);
        var image = await registry.PushAsync(Checkout.TinyGuest, "guests/tiny:v1");
        await using (var first = new Guest(host, "pulled"))
        {
            await host.ApplyAsync(first.Manifest().Replace("vireo/tiny-guest:v1", image, StringComparison.Ordinal));
            await first.BootedAsync();
        }

        registry.Down();

        await using var second = await StartAsync("kept", image, "IfNotPresent");
        await second.InPhaseAsync("Running");
        var list = (await host.RunAsync("image", "list")).ShouldSucceed().Output;
        list.ShouldContain(image);
        (await host.RunAsync("image", "rm", image)).ShouldSucceed();
    }

    [Fact]
    public async Task A_registry_that_is_down_is_named_and_tried_again_until_it_is_back()
    {
        await using var registry = await Registry.StartAsync(host);
        var image = await registry.PushAsync(Checkout.MicroGuest, "guests/micro:v2");
        registry.Down();
        await using var guest = await StartAsync("patient", image, "Always");

        var message = await SynchronizedMessageAsync(guest);
        message.ShouldContain(image);
        await Eventually.Holds(
            async () =>
                (string?)(await guest.VmAsync())!["status"]!["printableStatus"] is "ErrImagePull" or "ImagePullBackOff",
            "the VM says so"
        );

        await registry.UpAsync();
        await guest.BootedAsync();
    }

    [Fact]
    public async Task A_registry_whose_content_is_not_what_its_digest_says_is_refused()
    {
        await using var registry = await Registry.StartAsync(host);
        var folder = Directory.CreateTempSubdirectory("vireo-image-");
        var image = await registry.PushAsync(await Images.OfMicroGuestAsync(folder.FullName, "liar"), "guests/liar:v1");
        registry.Lie();

        await using var guest = await StartAsync("lied-to", image, "Always");

        (await SynchronizedMessageAsync(guest)).ShouldContain("digest", Case.Insensitive);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_file_that_is_no_disk_is_named_with_what_it_should_be()
    {
        var folder = Directory.CreateTempSubdirectory("vireo-image-");
        var layout = await Images.OfFileAsync(folder.FullName, "no disk at all", "test/no-disk:v1");
        (await host.RunAsync("image", "load", layout)).ShouldSucceed();

        await using var guest = await StartAsync("no-disk", "test/no-disk:v1", "Never");

        var message = await SynchronizedMessageAsync(guest);
        message.ShouldContain("root");
        message.ShouldContain("no disk image");
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_pull_secret_opens_a_registry_with_a_password()
    {
        await using var registry = await Registry.StartAsync(host, needsPassword: true);
        var image = await registry.PushAsync(Checkout.MicroGuest, "guests/micro:v4");
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Registry.User}:{Registry.Password}"));
        var secret = new JsonObject
        {
            ["auths"] = new JsonObject { [registry.Address] = new JsonObject { ["auth"] = credentials } },
        };
        (
            await host.KubectlAsync(
                "create",
                "secret",
                "generic",
                "door",
                "--type=kubernetes.io/dockerconfigjson",
                $"--from-literal=.dockerconfigjson={secret.ToJsonString()}"
            )
        ).ShouldSucceed();

        await using (var without = await StartAsync("locked-out", image, "Always"))
        {
            (await SynchronizedMessageAsync(without)).ShouldContain(image);
        }

        await using var with = await StartAsync("let-in", image, "Always", pullSecret: "door");
        await with.BootedAsync();
        (await host.KubectlAsync("delete", "secret", "door")).ShouldSucceed();
    }

    [Fact]
    public async Task An_image_that_is_not_there_and_may_not_be_pulled_is_named_with_what_to_do()
    {
        await using var guest = await StartAsync("nowhere", "vireo/no-such-image:v1", "Never");

        var message = await SynchronizedMessageAsync(guest);

        message.ShouldContain("vireo/no-such-image:v1");
        message.ShouldContain("vireo image load");
    }

    private Task<MicroGuest> StartAsync(string name, string image, string policy, string? pullSecret = null)
    {
        var guest = new MicroGuest(host, name);
        var document = guest.Document("Always", image: image);
        var disk = document["spec"]!["template"]!["spec"]!["volumes"]![0]!["containerDisk"]!;
        disk["imagePullPolicy"] = policy;
        if (pullSecret is not null)
        {
            disk["imagePullSecret"] = pullSecret;
        }

        return guest.StartAsync(document);
    }

    private static async Task<string> SynchronizedMessageAsync(TestMachine guest) =>
        await Eventually.Get(
            async () =>
                (await guest.VmiAsync())
                    ?["status"]?["conditions"]?.AsArray()
                    .Where(condition =>
                        (string?)condition!["type"] == "Synchronized" && (string?)condition["status"] == "False"
                    )
                    .Select(condition => (string?)condition!["message"])
                    .FirstOrDefault(),
            "the instance says why it does not start"
        );
}
