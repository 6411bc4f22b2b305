# Printing on the first serial port, for the boot sectors here. Included at their end; ds must be 0.

    .equ COM1, 0x3f8

# 115200 baud, 8n1, no interrupts, FIFO on.
serial_open:
    mov $COM1 + 3, %dx
    mov $0x80, %al              # the divisor is behind the data port while this bit is set
    out %al, %dx
    mov $COM1, %dx
    mov $1, %al
    out %al, %dx
    inc %dx
    mov $0, %al                 # high half of the divisor, then (same port) no interrupts
    out %al, %dx
    mov $COM1 + 3, %dx
    mov $3, %al
    out %al, %dx
    mov $COM1 + 1, %dx
    mov $0, %al
    out %al, %dx
    inc %dx
    mov $7, %al
    out %al, %dx
    mov $COM1 + 4, %dx
    mov $3, %al
    out %al, %dx
    ret

# Prints the text at si up to its zero byte. Where there is no port, reads give 0xff: that counts as ready, so nothing hangs.
serial_print:
    lodsb
    test %al, %al
    jz 2f
    mov %al, %ah
    mov $COM1 + 5, %dx
1:  in %dx, %al
    test $0x20, %al
    jz 1b
    mov %ah, %al
    mov $COM1, %dx
    out %al, %dx
    jmp serial_print
2:  ret
