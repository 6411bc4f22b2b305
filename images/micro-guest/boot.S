# The micro guest: one boot sector that prints a banner on the first serial port and then obeys: `r` resets, `p` powers
# off, `h` halts, anything else is answered by a dot; the ACPI power button powers off, or resets a guest made with
# STUBBORN. `build` puts the banner behind it.

    .code16
    .globl _start

    .equ PM_BASE, 0x600         # where SeaBIOS puts ACPI power management, on q35 and pc alike
    .equ PM_STATUS, PM_BASE
    .equ PM_ENABLE, PM_BASE + 2
    .equ PM_CONTROL, PM_BASE + 4
    .equ RESET, 0xcf9

_start:
    ljmp $0, $1f                # from a CD some firmware comes in as 07c0:0000
1:  xor %ax, %ax
    mov %ax, %ds
    mov %ax, %es
    mov %ax, %ss
    mov $0x7c00, %sp
    cld
    call serial_open
    mov $PM_ENABLE, %dx
    mov $0x100, %ax             # the power button
    out %ax, %dx
    mov $banner, %si
    call serial_print
    sti                         # the timer tick ends each hlt below, 18 times a second

wait:
    hlt
    mov $PM_STATUS, %dx
    in %dx, %ax
    test $1, %ah
    mov $button, %si
    .ifdef STUBBORN
    jnz reset
    .else
    jnz power_off
    .endif
    mov $COM1 + 5, %dx
    in %dx, %al
    cmp $0xff, %al              # no port at all
    je wait
    test $1, %al
    jz wait
    mov $COM1, %dx
    in %dx, %al
    mov $resetting, %si
    cmp $'r', %al
    je reset
    mov $leaving, %si
    cmp $'p', %al
    je power_off
    mov $halting, %si
    cmp $'h', %al
    je halt
    mov $dot, %si
    call serial_print
    jmp wait

reset:
    call serial_print
    mov $RESET, %dx
    mov $2, %al
    out %al, %dx
    mov $6, %al
    out %al, %dx
    jmp stop

power_off:
    call serial_print
    mov $PM_CONTROL, %dx
    mov $0x2000, %ax            # SLP_EN, sleep type 0: soft off in QEMU
    out %ax, %dx
    jmp stop

halt:
    call serial_print
stop:
    cli
1:  hlt
    jmp 1b

    .include "serial.S"

button:    .asciz "POWER-BUTTON\r\n"
leaving:   .asciz "POWER-OFF\r\n"
resetting: .asciz "RESET\r\n"
halting:   .asciz "HALT\r\n"
dot:       .asciz "."
banner:
