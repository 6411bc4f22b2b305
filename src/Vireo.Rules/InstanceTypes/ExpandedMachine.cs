using Vireo.Api;

namespace Vireo.Rules;

/// <summary>A machine with its instance type and preference put in their place.</summary>
/// <param name="Spec">
/// What it comes to, without matchers; null when there are errors. The preference's machine type is not in it: see
/// <paramref name="PreferredMachineType"/>.
/// </param>
/// <param name="Errors">Why it cannot be: conflicts, requirements that are not met, what cannot be acted on.</param>
/// <param name="PreferredMachineType">
/// What the preference names; null when it names none. The template and the image that the guest boots from come
/// before it.
/// </param>
/// <param name="Warnings">What the preference asks for and nobody acts on, for people.</param>
public sealed record ExpandedMachine(
    VirtualMachineSpec? Spec,
    IReadOnlyList<FieldError> Errors,
    string? PreferredMachineType = null,
    IReadOnlyList<string>? Warnings = null
)
{
    /// <summary>
    /// The spec as a manifest that needs no preference any more: with the machine type where the template names none.
    /// For what is shown or stored in place of the machine, not for what runs. Null when there are errors.
    /// </summary>
    public VirtualMachineSpec? Written =>
        Spec is null || PreferredMachineType is null || !string.IsNullOrEmpty(Machine(Spec)?.Type)
            ? Spec
            : Spec with
            {
                Template = Spec.Template with
                {
                    Spec = Spec.Template.Spec with
                    {
                        Domain = Spec.Template.Spec.Domain with { Machine = new() { Type = PreferredMachineType } },
                    },
                },
            };

    private static Machine? Machine(VirtualMachineSpec spec) => spec.Template.Spec.Domain.Machine;
}
