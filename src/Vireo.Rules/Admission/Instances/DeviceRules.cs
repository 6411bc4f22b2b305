using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Watchdog, inputs, video, sound and crash devices.</summary>
internal static class DeviceRules
{
    public static IEnumerable<FieldError> Check(Devices devices, string path) =>
        [
            .. Watchdog(devices.Watchdog, $"{path}.watchdog"),
            .. Inputs(devices.Inputs ?? [], $"{path}.inputs"),
            .. WordRules.OneOf(devices.Video?.Type, $"{path}.video.type", "vga", "bochs", "virtio", "ramfb", "none"),
            .. WordRules.OneOf(devices.Sound?.Model, $"{path}.sound.model", "ich9", "ac97"),
            .. (devices.PanicDevices ?? []).SelectMany(
                (device, index) =>
                    WordRules.OneOf(device.Model, $"{path}.panicDevices[{index}].model", "hyperv", "isa", "pvpanic")
            ),
        ];

    private static IEnumerable<FieldError> Watchdog(Watchdog? watchdog, string path) =>
        watchdog switch
        {
            null => [],
            { I6300esb: null } =>
            [
                FieldError.Required(path, $"{path} must have a watchdog device: add 'i6300esb: {{}}'."),
            ],
            { I6300esb: { } device } => WordRules.OneOf(
                device.Action,
                $"{path}.i6300esb.action",
                "poweroff",
                "reset",
                "shutdown"
            ),
        };

    private static IEnumerable<FieldError> Inputs(IReadOnlyList<Input> inputs, string path) =>
        [
            .. UniqueNameRules.Check([.. inputs.Select(input => input.Name)], path),
            .. inputs.SelectMany(
                (input, index) =>
                    (IEnumerable<FieldError>)
                        [
                            .. WordRules.OneOf(input.Type, $"{path}[{index}].type", "tablet", "keyboard"),
                            .. WordRules.OneOf(input.Bus, $"{path}[{index}].bus", "usb", "virtio"),
                        ]
            ),
        ];
}
