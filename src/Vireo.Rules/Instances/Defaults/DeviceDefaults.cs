using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Watchdogs and inputs.</summary>
internal static class DeviceDefaults
{
    public static Devices Fill(Devices devices) =>
        devices with
        {
            Watchdog =
                devices.Watchdog is { I6300esb: { } device } watchdog && string.IsNullOrEmpty(device.Action)
                    ? watchdog with
                    {
                        I6300esb = device with { Action = "reset" },
                    }
                    : devices.Watchdog,
            Inputs = WithTablet(devices)?.Select(Fill).ToArray(),
        };

    /// <summary>An input where one is asked for and none given, with nothing else said of it.</summary>
    public static IReadOnlyList<Input>? WithTablet(Devices devices) =>
        devices is { AutoattachInputDevice: true, Inputs: null or { Count: 0 } }
            ? [new Input { Name = "default-0", Type = "" }]
            : devices.Inputs;

    private static Input Fill(Input input) =>
        input with
        {
            Type = string.IsNullOrEmpty(input.Type) ? "tablet" : input.Type,
            Bus = string.IsNullOrEmpty(input.Bus) ? "usb" : input.Bus,
        };
}
