# The boot sector of the tiny guest's disk: reads the kernel and its initramfs from fixed places, as make-disk laid them
# out, and starts the kernel by Linux's 16-bit boot protocol (Documentation/arch/x86/boot.rst). Two BIOS calls do it all,
# so any disk the firmware can read will do. A general boot loader needed two seconds more under emulation.
#
# make-disk defines: SETUP, SETUP_LBA, SETUP_CHUNKS and so for KERNEL and INITRD; LEAST_MIB.

    .code16
    .globl _start

    .equ CHUNK_SECTORS, 64      # 32 KiB: what a BIOS surely reads at once
    .equ BUFFER, 0x10000
    .equ EXTENDED_READ, 0x42    # int 13h
    .equ MOVE_BLOCK, 0x87       # int 15h: copies anywhere below 4 GiB
    .equ MEMORY_SIZE, 0xe801    # int 15h

_start:
    ljmp $0, $1f                # some firmware comes in as 07c0:0000
1:  xor %ax, %ax
    mov %ax, %ds
    mov %ax, %es
    mov %ax, %ss
    mov $0x7c00, %sp
    cld
    sti
    mov %dl, drive
    call serial_open

    mov $MEMORY_SIZE, %ax       # bx = memory above 16 MiB, in 64 KiB
    int $0x15
    cmp $(LEAST_MIB - 16) * 16, %bx
    mov $too_small, %si
    jb fail

    mov $parts, %bp
next_part:
    mov (%bp), %eax
    mov %eax, lba
    mov 4(%bp), %cx             # chunks to go
    mov 8(%bp), %eax            # destination
    jcxz start_kernel
next_chunk:
    push %cx
    push %eax
    mov $packet, %si
    mov drive, %dl
    mov $EXTENDED_READ, %ah
    int $0x13
    mov $unreadable, %si
    jc fail
    pop %eax
    push %eax
    mov %ax, to_low
    shr $16, %eax
    mov %al, to_middle
    mov %ah, to_high
    mov $CHUNK_SECTORS * 256, %cx   # in words
    mov $descriptors, %si
    mov $MOVE_BLOCK, %ah
    int $0x15
    mov $unreadable, %si
    jc fail
    pop %eax
    pop %cx
    addl $CHUNK_SECTORS, lba
    add $CHUNK_SECTORS * 512, %eax
    loop next_chunk
    add $12, %bp
    jmp next_part

start_kernel:
    cli
    mov $SETUP >> 4, %ax
    mov %ax, %ds
    mov %ax, %es
    mov %ax, %fs
    mov %ax, %gs
    mov %ax, %ss
    mov $0xe000, %sp
    ljmp $(SETUP >> 4) + 0x20, $0

fail:
    call serial_print
1:  hlt
    jmp 1b

    .include "serial.S"

too_small:  .asciz "Vireo tiny guest: not enough memory, give it 96 MiB or more\r\n"
unreadable: .asciz "Vireo tiny guest: the boot disk cannot be read\r\n"

drive:  .byte 0

    .balign 4
packet: .byte 16, 0
        .word CHUNK_SECTORS
        .word 0, BUFFER >> 4
lba:    .long 0, 0

# What int 15h wants: two empty descriptors, source, destination, two more for itself.
descriptors:
        .quad 0, 0
        .word 0xffff, BUFFER & 0xffff
        .byte BUFFER >> 16, 0x93, 0, 0
        .word 0xffff
to_low:     .word 0
to_middle:  .byte 0
        .byte 0x93, 0
to_high:    .byte 0
        .quad 0, 0

parts:  .long SETUP_LBA, SETUP_CHUNKS, SETUP
        .long KERNEL_LBA, KERNEL_CHUNKS, 0x100000
        .long INITRD_LBA, INITRD_CHUNKS, INITRD
        .long 0, 0, 0

    .org 510
    .word 0xaa55
